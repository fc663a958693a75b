# nas-fingerprint-path.sh -- driver fingerprint: a PersistentVolume's path is found however it is written, and never leads out of its export.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
. "$here/nas-share.sh"
make_share && share_chain 'mover: inline'
mkdir "$work/secret" && echo inside-of-it >"$work/secret/file" && ln -s ../secret export/link && ln -s ../../secret export/share/link
pv() { # SOURCE
  cat >in/items.yaml <<END2
apiVersion: v1
kind: PersistentVolume
metadata: {name: one, annotations: {pintle.io/nas-backup: "true"}}
spec: {$1}
END2
}
n=0
taken() { # SOURCE: the share, of which there is a backup already
  pv "$1" && n=$((n + 1))
  run "$PINTLE" backup create "b$n" --from in
  expect_status 0
  log_of backup "b$n"
  expect_in log 'volume one: 6 files, '
  [ "$(ls "$store/plugins/pintle.io/nas/fp" | wc -l)" -eq 1 ] || fail "another repository for $1"
}
refused() { # SOURCE TEXT
  pv "$1" && n=$((n + 1))
  run "$PINTLE" backup create "b$n" --from in
  expect_status 3
  expect_err "$2"
  if grep -rqF inside-of-it "$store/plugins"; then fail "what lies outside was read: $1"; fi
}
taken 'nfs: {server: files, path: /export/share}'
taken 'nfs: {server: files, path: //export/./share//}'
taken 'csi: {driver: nfs.csi.k8s.io, volumeHandle: any, volumeAttributes: {server: files, share: /export, subdir: share}}'
taken 'csi: {driver: nfs.csi.k8s.io, volumeHandle: files/export/share}'
taken 'csi: {driver: nfs.csi.k8s.io, volumeHandle: "files#export#share##"}'
refused 'nfs: {server: files, path: /export/../secret}' 'path "/export/../secret" has a part "..", and could lead out of its export'
refused 'nfs: {server: files, path: /export/share/..}' 'has a part ".."'
refused 'csi: {driver: nfs.csi.k8s.io, volumeHandle: any, volumeAttributes: {server: files, share: /export, subdir: ../secret}}' 'has a part ".."'
refused 'nfs: {server: files, path: /export/link}' 'a part of it is a symbolic link'
refused 'nfs: {server: files, path: /export/share/link/deeper}' 'a part of it is a symbolic link'
refused 'csi: {driver: nfs.csi.k8s.io, volumeHandle: files/export/deep/share}' "$work/export/deep/share (volume one): No such file"

# Servers: in capitals or not, IPv6 with brackets or without.
rm -rf "$store"
sed -i "s,files:/export=,[FD00::1]:/export=," pintle.yaml
taken 'nfs: {server: "fd00::1", path: /export/share}'
rm -rf "$store"
taken 'nfs: {server: "[fd00::1]", path: /export/share}'
expect_clean
pass
