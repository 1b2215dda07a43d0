#!/usr/bin/env bash
# Writes .env for docker-compose.yml: a name for the machine, passwords, and the encryption key. Readable by its owner
# alone; never over one that is there, since what is stored cannot be read without its key.
#   bash scripts/make-env.sh shop.example.com
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

fail() {
  printf 'make-env: %s\n' "$1" >&2
  exit 1
}

domain=${1:-localhost}
[[ $domain =~ ^[A-Za-z0-9.-]+$ ]] || fail "$domain is no name of a machine such as shop.example.com."
command -v openssl >/dev/null || fail 'openssl was not found; it draws the passwords.'
[ ! -e .env ] || fail '.env is there already and stays as it is: stored secrets cannot be read without its key. Move it away first.'

hex() { openssl rand -hex "$1"; }

umask 077
# in one piece or not at all, and not over one that came meanwhile
draft=$(mktemp .env.XXXXXX)
trap 'rm -f "$draft"' EXIT
cat >"$draft" <<ENV
# Made by scripts/make-env.sh; .env.example tells what else there is. Keep a copy of the key away from the backups.
DOMAIN=$domain
STREAKLINE_PUBLIC_URL=https://$domain
STREAKLINE_ENCRYPTION_KEY=$(openssl rand -base64 32)
STREAKLINE_OPS_USER=operator
STREAKLINE_OPS_PASSWORD=$(hex 16)
MONGO_ADMIN_PASSWORD=$(hex 32)
MONGO_PASSWORD=$(hex 32)
MONGO_KEY=$(hex 64)
REDIS_PASSWORD=$(hex 32)
ENV
ln "$draft" .env 2>/dev/null || fail '.env is there already and stays as it is.'
echo "Wrote .env for $domain, readable by you alone. Keep a copy of STREAKLINE_ENCRYPTION_KEY elsewhere."
