#!/bin/sh
# Run once by the postgres image, when its volume is new: one role and its databases for Temporal, and two for Convoy,
# so that neither can read the other's. Convoy's processes are not the owner of their tables: they can append to the
# audit, and not change it.
set -eu

# Read from the environment inside psql: on its command line passwords would show in the list of processes.
psql --no-psqlrc --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\getenv temporal_password TEMPORAL_DB_PASSWORD
\getenv convoy_password CONVOY_DB_PASSWORD
\getenv convoy_owner_password CONVOY_OWNER_DB_PASSWORD
create role temporal login password :'temporal_password';
create database temporal owner temporal;
create database temporal_visibility owner temporal;
create role convoy login password :'convoy_password';
create role convoy_owner login password :'convoy_owner_password';
create database convoy owner convoy_owner;
revoke connect on database temporal, temporal_visibility, convoy from public;
grant connect on database convoy to convoy;
SQL
