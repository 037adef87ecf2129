#!/usr/bin/env bash
# Checks that the Go files made from templates are those that the templates make.
set -euo pipefail
cd "$(dirname "$0")/.."

sum() { find views -name '*_templ.go' -print0 | sort -z | xargs -0 cksum; }
before=$(sum)
go tool templ generate -path views -log-level error
if [ "$(sum)" != "$before" ]; then
  echo "Generated files were not current. They are now: commit the *_templ.go files." >&2
  exit 1
fi
echo "Generated files are current."
