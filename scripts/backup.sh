#!/usr/bin/env bash
# Copies the SQLite store into one file of one moment, also while the program runs: `backup.sh /safe/place/backup.sqlite`.
# For its owner alone, and never over a file that is there.
set -euo pipefail
start=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/.."

fail() {
  printf 'backup: %s\n' "$1" >&2
  exit 1
}

[ $# -eq 1 ] && [ -n "$1" ] || fail 'name the file to write: npm run backup -- /safe/place/backup.sqlite'
# a path is meant from where the command was typed, which npm remembers
case $1 in /*) target=$1 ;; *) target=${INIT_CWD:-$start}/$1 ;; esac
store=${STREAKLINE_DATA_DIR:-data}/streakline.sqlite
[ -z "${MONGODB_URI:-}" ] || fail 'MONGODB_URI is set: MongoDB is backed up with its own tools, see docs/operations.md.'
[ -f "$store" ] || fail "there is no $store; set STREAKLINE_DATA_DIR to the data folder of the program."
[ ! -e "$target" ] || fail "$target is there already and stays as it is."
[ -d "$(dirname "$target")" ] || fail "there is no folder $(dirname "$target")."

bash scripts/setup.sh packages </dev/null
[ ! -x node_modules/.bin/node ] || PATH="$PWD/node_modules/.bin:$PATH"
umask 077
draft=$(mktemp "$target.XXXXXX")
trap 'rm -f "$draft" "$draft-journal"' EXIT
node --no-warnings -e '
  const { DatabaseSync } = require("node:sqlite")
  const [store, draft] = process.argv.slice(1)
  try {
    // an empty file counts as none
    new DatabaseSync(store, { timeout: 5000 }).exec("VACUUM INTO \x27" + draft.replaceAll("\x27", "\x27\x27") + "\x27")
    const copy = new DatabaseSync(draft, { readOnly: true })
    const { integrity_check: found } = copy.prepare("PRAGMA integrity_check(1)").get()
    copy.close()
    if (found !== "ok") throw new Error(`the copy is not whole: ${found}`)
    const { openSync, fsyncSync } = require("node:fs")
    fsyncSync(openSync(draft, "r+"))
  } catch (error) {
    process.stderr.write(`backup: ${error.message}\n`)
    process.exit(1)
  }
' "$store" "$draft"
ln "$draft" "$target" 2>/dev/null || fail "$target came into being meanwhile and stays as it is."
echo "Wrote $target, $(($(wc -c <"$target") / 1024)) KiB, readable by you alone."
