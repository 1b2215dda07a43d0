#!/usr/bin/env bash
# Gets what is needed to run: the packages, Node 24 and redis-server; with `packages` as its parameter all but Redis.
# Says nothing when all is there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly NODE_MAJOR=24
readonly STAMP=node_modules/.streakline-setup

fail() {
  printf 'setup: %s\n' "$1" >&2
  exit 1
}

say() {
  printf 'setup: %s\n' "$1" >&2
}

# Checksum and platform: dates change with every checkout, and a folder may be carried to another machine.
fingerprint() {
  printf '%s %s\n' "$(uname -sm)" "$(cksum <package-lock.json)"
}

# Who may not write there looks again the next time.
stamp() {
  printf '%s\n' "$1" 2>/dev/null >"$STAMP" || true
}

packages() {
  local wanted found platform
  wanted=$(fingerprint)
  found=$(cat "$STAMP" 2>/dev/null || true)
  platform=$(uname -sm)
  if [ "$found" = "$wanted" ]; then return; fi
  # npm was run by hand after the lockfile last changed: it leaves this file when it has finished.
  if [ -f node_modules/.package-lock.json ] && [ ! package-lock.json -nt node_modules/.package-lock.json ] &&
    { [ -z "$found" ] || [ "${found#"$platform "}" != "$found" ]; }; then
    stamp "$wanted"
    return
  fi
  command -v npm >/dev/null || fail "npm was not found; install Node.js $NODE_MAJOR or newer."
  say 'installing packages (npm ci); this takes a minute ...'
  npm ci --include=dev --no-audit --no-fund --loglevel=error >/dev/null || fail 'npm ci failed; see above.'
  stamp "$wanted"
}

major_of() {
  "$1" -p 'process.versions.node.split(".")[0]' 2>/dev/null || printf '0\n'
}

# npm scripts find node_modules/.bin first on PATH.
node_24() {
  if [ "$(major_of node_modules/.bin/node)" -ge "$NODE_MAJOR" ]; then return; fi
  # Where install scripts are switched off, the package that brings Node has not fetched its binary.
  if [ -d node_modules/node ]; then
    npm rebuild node --ignore-scripts=false --loglevel=error >/dev/null 2>&1 || true
  fi
  if [ "$(major_of node_modules/.bin/node)" -ge "$NODE_MAJOR" ]; then return; fi
  if [ ! -e node_modules/.bin/node ] && [ "$(major_of node)" -ge "$NODE_MAJOR" ]; then return; fi
  fail "Node.js $NODE_MAJOR is needed and the npm package 'node' brings none for this system; install Node.js $NODE_MAJOR or newer."
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

can_be_root() {
  [ "$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null
}

apt_install_redis() {
  local install=(env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends redis-server)
  as_root "${install[@]}" >/dev/null 2>&1 || {
    as_root apt-get update -qq >/dev/null 2>&1
    as_root "${install[@]}" >/dev/null 2>&1
  }
  # Streakline starts a server of its own; the distribution's service is not needed.
  if [ -d /run/systemd/system ]; then
    as_root systemctl disable --now redis-server >/dev/null 2>&1 || true
  else
    as_root service redis-server stop >/dev/null 2>&1 || true
    as_root update-rc.d redis-server disable >/dev/null 2>&1 || true
  fi
}

redis_is_new_enough() {
  local version major minor
  version=$(redis-server --version | sed -nE 's/.* v=([0-9]+)\.([0-9]+).*/\1 \2/p')
  read -r major minor <<<"${version:-0 0}"
  [ "$major" -gt 6 ] || { [ "$major" -eq 6 ] && [ "$minor" -ge 2 ]; }
}

redis_server() {
  if [ -n "${REDIS_URL:-}" ]; then return; fi
  if ! command -v redis-server >/dev/null; then
    if command -v apt-get >/dev/null && can_be_root; then
      say 'installing redis-server (apt-get) ...'
      apt_install_redis || true
    elif command -v brew >/dev/null; then
      say 'installing redis (brew) ...'
      HOMEBREW_NO_AUTO_UPDATE=1 brew install --quiet redis >/dev/null 2>&1 || true
    fi
    hash -r
    command -v redis-server >/dev/null || fail 'redis-server was not found; install Redis 6.2 or newer, or set REDIS_URL.'
  fi
  redis_is_new_enough || fail 'redis-server is too old; install Redis 6.2 or newer, or set REDIS_URL.'
}

packages
node_24
[ "${1:-all}" = packages ] || redis_server
