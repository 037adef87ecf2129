#!/usr/bin/env bash
# Serves, and builds and starts again whenever a source file changes.
set -euo pipefail
cd "$(dirname "$0")/.."

server=
stamp=$(mktemp)
stop() {
  if [ -n "$server" ]; then kill "$server" 2>/dev/null && wait "$server" || true; fi
  server=
}
trap 'stop; rm -f "$stamp"' EXIT
trap 'exit 0' INT TERM

changed() {
  find cmd internal migrations static/src views web -type f -newer "$stamp" \
    ! -name '*_templ.go' ! -name '*_test.go' -print -quit
}

while true; do
  touch "$stamp"
  if make --no-print-directory generate build; then
    stop
    bin/handover serve &
    server=$!
  fi
  until file=$(changed) && [ -n "$file" ]; do sleep 1; done
  echo "$file has changed."
done
