#!/bin/sh
# Writes the secrets of compose.yaml into deploy/compose/secrets, each a file of its own. What is there stays.
set -eu
cd "$(dirname "$0")"
mkdir -p secrets
chmod 700 secrets

put() { [ -e "secrets/$1" ] || printf '%s' "$2" >"secrets/$1"; }
random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
kept() { cat "secrets/$1"; }

put postgres_password "$(random)"
# PostgreSQL's administrator makes the roles, each with the password that its own URL has here.
put database_url_admin "postgresql://artgate:$(kept postgres_password)@postgres:5432/artgate"
for role in migrator hook worker sweeper chainer relay console auditor operator; do
    put "database_url_$role" "postgresql://artgate_$role:$(random)@postgres:5432/artgate"
done
put valkey_password "$(random)"
put valkey_conf "requirepass $(kept valkey_password)
maxmemory-policy noeviction
appendonly yes"
put broker_url "redis://:$(kept valkey_password)@valkey:6379/0"
put s3_access_key artgate
put s3_secret_key "$(random)"
put s3_identities "{\"identities\": [{\"name\": \"artgate\", \"credentials\": [{\"accessKey\": \"$(kept s3_access_key)\", \"secretKey\": \"$(kept s3_secret_key)\"}], \"actions\": [\"Admin\"]}]}"
put sqs_access_key replace-me
put sqs_secret_key replace-me
put audit_keys "$(random)"
put hook_secrets "$(random)"
put hook_tokens "$(random)"
put moderator_tokens "{\"ada\": \"$(random)\"}"
put webhook_secret "$(random)"
# The containers' users are not yours, and Compose hands files over as they are.
chmod 644 secrets/*
echo "deploy/compose/secrets: $(ls secrets | wc -l) files"
