#!/usr/bin/env bash
# Runs the tests: those that are named, all of them with TEST_FULL=1, else all but test/long-suites.txt.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

bash scripts/setup.sh
jest=(node --no-warnings --experimental-vm-modules node_modules/jest/bin/jest.js --config jest.config.json)

are_named() {
  local given
  for given in "$@"; do
    if [ -e "${given%%:*}" ] || [[ $given == *.test.ts ]]; then return 0; fi
  done
  return 1
}

if [ "${TEST_FULL:-}" != 1 ] && ! are_named "$@"; then
  long=()
  while read -r suite; do long+=("/${suite//./\\.}\$"); done < <(grep -v '^#' test/long-suites.txt)
  printf 'The short form: without %s long suites, which TEST_FULL=1 npm test runs too.\n' "${#long[@]}" >&2
  exec "${jest[@]}" "$@" --testPathIgnorePatterns "${long[@]}"
fi
exec "${jest[@]}" "$@"
