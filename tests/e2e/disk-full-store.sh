# disk-full-store.sh -- a store without space: Failed, and nothing half visible.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
[ "$(id -u)" -eq 0 ] || skip "only root can make a small file system"
mkdir "$store" && mount -t tmpfs -o size=96k none "$store" 2>err || skip "cannot mount a small file system"
mounted=$store
items 60
head -c 400000 /dev/urandom | base64 -w 0 >noise
python3 -c 'import json; print(json.dumps({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"noise","namespace":"shop"},"data":{"x":open("noise").read()}}))' >in/noise.json
run "$PINTLE" backup create b1 --from in
expect_status 1
expect_clean
expect_err "No space left on device"
expect_no_file "$store/backups/b1"
[ -z "$(find "$store" -type f ! -path '*/pintle.io/runs/*')" ] || fail "left: $(find "$store" -type f)"
rm in/noise.json
run "$PINTLE" backup create b1 --from in
expect_status 0
pass
