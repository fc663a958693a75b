# clock-back.sh -- the clock jumped back: a run whose last sign of life lies ahead is not taken over, and the message says so.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
items 3
run "$PINTLE" backup create b0 --from in
expect_status 0
mkdir -p "$store/plugins/pintle.io/runs"
record=$store/plugins/pintle.io/runs/backup-b1.json
ahead=$(date -u -d '+1 day' +%Y-%m-%dT%H:%M:%SZ)
printf '{"apiVersion":"pintle.io/v1alpha1","kind":"RunRecord","run":"backup","name":"b1","uid":"u-1","phase":"InProgress","started":"%s","heartbeat":"%s","host":"node-9","pid":4711,"data":{}}\n' "$ahead" "$ahead" >"$record"
run "$PINTLE" backup get
expect_status 0
run "$PINTLE" backup create b1 --from in
expect_status 1
expect_err node-9 4711 "in the future" "delete" "backup-b1.json"
rm "$record"
run "$PINTLE" backup create b1 --from in
expect_status 0
pass
