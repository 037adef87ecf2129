#!/usr/bin/env bash
# Checks that the Go files made from templates are those that the templates make.
set -euo pipefail
cd "$(dirname "$0")/.."

list() { find views -name '*_templ.go' -exec cksum {} + | sort; }
before=$(list)
go tool templ generate -path views -log-level error
stale=$(comm -3 <(echo "$before") <(list) | awk '{ print $3 }' | sort -u)
if [ -n "$stale" ]; then
  echo "These generated files were not current; they are now, commit them:" >&2
  echo "$stale" >&2
  exit 1
fi
echo "Generated files are current."
