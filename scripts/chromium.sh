#!/usr/bin/env bash
# Makes sure that there is a Chromium for the browser tests.
set -euo pipefail

for name in "${CHROMIUM:-}" chromium-headless-shell chromium chromium-browser google-chrome; do
  if [ -n "$name" ] && command -v "$name" >/dev/null; then exit 0; fi
done
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "The browser tests need Chromium. Install it (Debian: apt-get install chromium-headless-shell) or name it in CHROMIUM." >&2
  exit 1
fi
echo "Installing Chromium for the browser tests."
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends chromium-headless-shell 2>/dev/null ||
  apt-get install -y -qq --no-install-recommends chromium # where there is no package of the shell
