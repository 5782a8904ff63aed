#!/bin/sh
# Run once by the postgres image, when its volume is new: one role and its databases for Temporal, one for Convoy, so
# that neither can read the other's.
set -eu

# Read from the environment inside psql: on its command line passwords would show in the list of processes.
psql --no-psqlrc --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\getenv temporal_password TEMPORAL_DB_PASSWORD
\getenv convoy_password CONVOY_DB_PASSWORD
create role temporal login password :'temporal_password';
create database temporal owner temporal;
create database temporal_visibility owner temporal;
create role convoy login password :'convoy_password';
create database convoy owner convoy;
revoke connect on database temporal, temporal_visibility, convoy from public;
SQL
