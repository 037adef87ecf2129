#!/usr/bin/env bash
# Starts the panel on the medium demo data, lets 200 connections misbehave for so many minutes
# (10 unless said otherwise) while an honest person opens pages, and prints how long the pages took
# and the most memory that the process held. docs/performance.md has the figures.
#   scripts/load.sh [MINUTES]      HANDOVER_LOAD_DIR keeps the data between runs
set -euo pipefail
cd "$(dirname "$0")/.."
minutes=${1:-10}
dir=${HANDOVER_LOAD_DIR:-$(mktemp -d)}
mkdir -p "$dir"
go build -buildvcs=false -o bin/handover ./cmd/handover
go build -buildvcs=false -o bin/load ./scripts/load
bin/handover demo --size medium --once --data-dir "$dir/data"
bin/handover serve --data-dir "$dir/data" --addr 127.0.0.1:0 --metrics-addr 127.0.0.1:0 \
  --log-level warn >"$dir/serve.out" 2>"$dir/serve.log" &
server=$!
trap 'kill -TERM $server; wait $server || true; [ -n "${HANDOVER_LOAD_DIR:-}" ] || rm -rf "$dir"' EXIT
until grep -q 'ready at' "$dir/serve.out"; do
  kill -0 $server
  sleep 0.2
done
bin/load -base "$(sed -n 's/^Handover is ready at //p' "$dir/serve.out")" -pid $server -minutes "$minutes"
