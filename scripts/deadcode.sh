#!/usr/bin/env bash
# Checks that the program can reach every function of its packages: what only tests call
# belongs in test files or in internal/testdb.
set -euo pipefail
cd "$(dirname "$0")/.."

version=0.52.0
tool=bin/tools/deadcode
if ! { [ -x "$tool" ] && go version -m "$tool" | grep -q "golang.org/x/tools.*v$version"; }; then
  mkdir -p bin/tools
  GOBIN=$PWD/bin/tools go install "golang.org/x/tools/cmd/deadcode@v$version"
fi

unreachable=$("$tool" ./cmd/...)
if [ -n "$unreachable" ]; then
  echo "The program never calls these functions. Remove them, or move them to the tests:" >&2
  echo "$unreachable" >&2
  exit 1
fi
echo "The program can reach every function."
