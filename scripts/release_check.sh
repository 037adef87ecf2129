#!/usr/bin/env bash
# Checks the settings of a release (deploy/goreleaser.yaml) with goreleaser itself, and that the list of
# components can be made of the program that "make release" built. Nothing is published.
set -euo pipefail
cd "$(dirname "$0")/.."

install() { # name, module with the path of the program, version
  if [ -x "bin/tools/$1" ] && go version -m "bin/tools/$1" | grep -qE "^\smod\s.*\sv$3\s"; then return; fi
  echo "Building $1 $3, once; goreleaser takes some minutes."
  GOBIN=$PWD/bin/tools go install "$2@v$3"
}
mkdir -p bin/tools
install goreleaser github.com/goreleaser/goreleaser/v2 2.17.1 # the newest for Go 1.26
install cyclonedx-gomod github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod 1.10.0

if [ -z "$(git remote)" ]; then # goreleaser asks where a draft would go
  export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=remote.origin.url GIT_CONFIG_VALUE_0=https://github.com/example/handover.git
fi
bin/tools/goreleaser check --config deploy/goreleaser.yaml
components=$(mktemp)
trap 'rm -f "$components"' EXIT
bin/tools/cyclonedx-gomod bin -json -output "$components" bin/release/handover 2>/dev/null
grep -q '"purl": "pkg:golang/github.com/lib/pq@' "$components" || { echo "The list of components lacks lib/pq." >&2; exit 1; }
echo "The settings of the release are right; the program has $(grep -c '"purl"' "$components") components."
