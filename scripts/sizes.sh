#!/usr/bin/env bash
# Checks that no tracked file is larger than 1 MB, but the data sets listed here: built
# programs and downloads do not belong in the repository.
set -euo pipefail
cd "$(dirname "$0")/.."

data=(testdata/ravenstack.zip)

large=$(git ls-files -z | xargs -0 -r stat -c '%s %n' 2>/dev/null | awk '$1 > 1000000 { print $2 }' | grep -vxF "$(printf '%s\n' "${data[@]}")" || true)
if [ -n "$large" ]; then
  echo "These tracked files are larger than 1 MB. Remove them, or list a data set in scripts/sizes.sh:" >&2
  echo "$large" >&2
  exit 1
fi
echo "No tracked file is larger than 1 MB."
