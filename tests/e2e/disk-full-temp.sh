# disk-full-temp.sh -- a temporary directory without space: Failed, and nothing half visible.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
[ "$(id -u)" -eq 0 ] || skip "only root can make a small file system"
mount -t tmpfs -o size=96k none "$TMPDIR" 2>err || skip "cannot mount a small file system"
mounted=$TMPDIR
mkdir in
head -c 400000 /dev/urandom | base64 -w 0 >noise
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: noise, namespace: shop}\ndata: {x: "%s"}\n' "$(cat noise)" >in/noise.yaml
run "$PINTLE" backup create b1 --from in
expect_status 1
expect_err "No space left on device"
expect_no_file "$store/backups/b1"
expect_clean
pass
