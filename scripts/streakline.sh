#!/usr/bin/env bash
# Runs streakline from a checkout, after getting what it needs: `streakline.sh start`, `streakline.sh init`, …
# What runs in the end takes the place of this shell, so that signals reach it: npm passes them on to its child alone.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Only what runs jobs needs a Redis.
case "${1:-}" in
  start | web | worker | demo) needs=all ;;
  *) needs=packages ;;
esac
case " $* " in *' --help '* | *' -h '*) needs=packages ;; esac

# A signal ends what is being set up too, npm ci with all its children: a group of its own, so that one kill reaches it.
set -m
bash scripts/setup.sh "$needs" </dev/null &
setup=$!
set +m
for signal in TERM INT HUP; do
  trap "kill -TERM -- -$setup 2>/dev/null; wait; trap - $signal; kill -$signal \$\$" "$signal"
done
wait "$setup"
trap - TERM INT HUP

# Most of what a request or job makes is gone at once: a small young heap, and an old one that is looked through before
# it has grown by half, keep memory low at little cost. V8 must not take what once lived long for what always will: it
# would make it in the old heap from then on, where it keeps whole requests from being collected until all is looked
# through. The same flags as in the Dockerfile.
[ ! -x node_modules/.bin/node ] || PATH="$PWD/node_modules/.bin:$PATH"
exec node --max-semi-space-size=16 --heap-growing-percent=50 --no-allocation-site-pretenuring src/streakline.js "$@"
