#!/bin/sh
# Stops the service before the program goes; the data in /var/lib/handover stay.
set -e
if [ "$1" = remove ] && [ -d /run/systemd/system ]; then
  systemctl disable --now handover.service
fi
