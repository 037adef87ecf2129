#!/bin/sh
# Makes the user of the service, and starts the service again after an upgrade.
set -e
if ! getent passwd handover >/dev/null; then
  adduser --system --group --home /var/lib/handover --no-create-home --quiet handover
fi
chown root:handover /etc/handover/handover.env
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload
  systemctl try-restart handover.service
fi
