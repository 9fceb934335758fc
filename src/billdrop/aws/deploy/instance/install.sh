#!/bin/bash
# Makes an instance of Amazon Linux 2023 a worker. Run as root, once, by the user data of the template.
# Takes STACK, REGION, WORKER_LOG, BOOT_LOG and WORKER_OPTIONS from the environment.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")

dnf install --assumeyes --quiet amazon-cloudwatch-agent logrotate
useradd --system --home-dir /var/lib/billdrop --shell /usr/sbin/nologin billdrop
install -d -m 0755 /var/log/billdrop

sed -e "s|@STACK@|$STACK|; s|@WORKER_LOG@|$WORKER_LOG|; s|@BOOT_LOG@|$BOOT_LOG|" "$here/agent.json" > /opt/agent.json
/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c file:/opt/agent.json
install -m 0644 "$here/logrotate.conf" /etc/logrotate.d/billdrop

printf 'STACK=%s\nAWS_REGION=%s\nWORKER_OPTIONS=%s\n' "$STACK" "$REGION" "$WORKER_OPTIONS" > /etc/billdrop.env
install -m 0644 "$here/billdrop.service" /etc/systemd/system/billdrop.service
python3.11 -m compileall -q /opt/billdrop || true
systemctl daemon-reload
systemctl enable --now billdrop
sleep 20
systemctl is-active --quiet billdrop
