#!/usr/bin/env bash
# Builds the Debian package into bin/: the program that "make release" left there, its service
# and its documents.
set -euo pipefail
cd "$(dirname "$0")/.."

nfpm_version=2.48.0
tool=bin/tools/nfpm
if ! { [ -x "$tool" ] && go version -m "$tool" | grep -q "goreleaser/nfpm/v2.*v$nfpm_version"; }; then
  echo "Building nfpm $nfpm_version, once; this takes a minute."
  mkdir -p bin/tools
  GOBIN=$PWD/bin/tools go install "github.com/goreleaser/nfpm/v2/cmd/nfpm@v$nfpm_version"
fi

# A Debian version begins with a digit; before the first tag there is only a commit.
described=$(git describe --tags --always --dirty)
case $described in
  v[0-9]*) version=${described#v} ;;
  *) version=0.0.0+$described ;;
esac
export VERSION=$version ARCH=${ARCH:-$(go env GOARCH)}
"$tool" package --config deploy/nfpm.yaml --packager deb --target bin/
