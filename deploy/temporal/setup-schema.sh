#!/bin/sh
# Makes Temporal's tables, or brings them up to the version of this image. Harmless to repeat: set-up leaves an existing
# version alone, and an update applies only what is missing. The databases themselves and their owner exist already
# (deploy/postgres/create-databases.sh).
set -eu

for pair in temporal:temporal temporal_visibility:visibility; do
  database="${pair%%:*}"
  schema="${pair##*:}"
  temporal-sql-tool --database "$database" setup-schema --version 0.0
  temporal-sql-tool --database "$database" update-schema --schema-name "postgresql/v12/$schema"
done
