#!/bin/sh
# Run once by the image of PostgreSQL, before anybody connects.
set -eu
psql -v ON_ERROR_STOP=1 -U postgres -v "password='$(cat /run/secrets/database)'" -f /roles.sql
