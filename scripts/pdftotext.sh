#!/usr/bin/env bash
# Makes sure that there is pdftotext, with which the tests read the orders that are printed.
set -euo pipefail

if command -v pdftotext >/dev/null; then exit 0; fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "The tests read PDFs with pdftotext. Install it (Debian: apt-get install poppler-utils)." >&2
  exit 1
fi
echo "Installing pdftotext for the tests."
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends poppler-utils
