#!/usr/bin/env bash
# Runs every fuzz target for the given time, one after the other. What one finds is
# kept in its package's testdata/fuzz, where go test tries it from then on.
set -euo pipefail
cd "$(dirname "$0")/.."
time=${1:-60s}
grep -rHoE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]+' cmd internal web |
	while IFS=: read -r file function; do
		name=${function#func }
		echo "== $name in $(dirname "$file")"
		go test "./$(dirname "$file")" -run '^$' -fuzz "^$name\$" -fuzztime "$time" </dev/null
	done
