#!/usr/bin/env bash
# Lists what the running program is made of (CycloneDX, into the file named, else only tried), and checks that the
# installed packages are those that their registry signed. Fails for a signature that is wrong or missing; where the
# registry does not answer such questions, which mirrors often do not, it says so and ends well.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly PATIENCE_SECONDS=60

sbom=${1:-}
npm sbom --sbom-format cyclonedx --omit dev >"${sbom:-/dev/null}"
echo "bill of materials: ${sbom:-complete}"

if answer=$(timeout "$PATIENCE_SECONDS" npm audit signatures --fetch-retries=0 2>&1); then
  echo "signatures: $answer"
elif grep -qE 'ha(s|ve) (an? )?(invalid|missing) ' <<<"$answer"; then
  echo "signatures: $answer" >&2
  exit 1
else
  echo "signatures: not checked, the registry does not answer: $(head -n 1 <<<"$answer")"
fi
