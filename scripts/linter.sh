#!/usr/bin/env bash
# Makes sure that golangci-lint is there in the version that the settings are
# written for.
set -euo pipefail
cd "$(dirname "$0")/.."

version=2.15.0
tool=bin/tools/golangci-lint
if [ -x "$tool" ] && "$tool" version --short 2>/dev/null | grep -qx "$version"; then exit 0; fi
echo "Building golangci-lint $version, once; this takes a minute."
mkdir -p bin/tools
GOBIN=$PWD/bin/tools go install "github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v$version"
