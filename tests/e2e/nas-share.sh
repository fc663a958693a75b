# nas-share.sh -- for the tests of driver fingerprint: a share with every kind of metadata.  SPDX-License-Identifier: Apache-2.0
# Not a test: sourced after lib.sh.
so=$(find "${PLUGINS%/tests/plugins}/plugins" -maxdepth 1 -name nas.so | head -n 1)
[ -n "$so" ] || skip "no nas.so"
cp "$so" "$PINTLE_PLUGIN_DIR/" && chmod 0644 "$PINTLE_PLUGIN_DIR/nas.so"
share=$work/export/share
odd=$(printf '\377odd\n\001 "name')

# The share, old enough for its times to be trusted.
make_share() {
  mkdir -p "$share/dir/inner" "$share/empty" in restored
  seq 1 20000 >"$share/dir/numbers" && seq 5 50 >"$share/dir/inner/few" && : >"$share/nothing"
  head -c 9000000 /dev/urandom >"$share/large" && printf 'strange' >"$share/$odd"
  ln "$share/dir/numbers" "$share/zz-linked" && ln -s ../outside "$share/dir/link" && ln -s dir "$share/to-dir"
  mkfifo "$share/fifo" && truncate -s 40M "$share/sparse" && printf middle | dd of="$share/sparse" bs=1 seek=20000000 conv=notrunc 2>/dev/null
  setfattr -n user.colour -v blue "$share/dir/numbers" 2>/dev/null && setfattr -n user.empty "$share/dir" 2>/dev/null
  chmod 1777 "$share/empty" && chmod 4511 "$share/dir/inner/few"
  [ "$(id -u)" -ne 0 ] || { chown 1234:5678 "$share/nothing" && chown -h 7:8 "$share/dir/link" && mknod "$share/null" c 1 3; }
  find "$share" -depth -exec touch -h -d '2020-02-02 02:02:02.123456789' {} +
  cat >in/items.yaml <<END2
apiVersion: v1
kind: PersistentVolume
metadata: {name: one, annotations: {pintle.io/nas-backup: "true"}}
spec: {persistentVolumeReclaimPolicy: Delete, nfs: {server: files, path: /export/share}}
END2
}
# What changes between two backups: a block of a large file, a small file, one that moves, one that goes, a mode, a hard link that ends.
change_share() {
  printf changed | dd of="$share/large" bs=1 seek=5000000 conv=notrunc 2>/dev/null
  echo new >"$share/new" && mv "$share/dir/inner/few" "$share/moved" && rm "$share/$odd" && chmod 0600 "$share/nothing"
  rm "$share/zz-linked" && mkdir "$share/another" && echo 'more of it' >"$share/another/file"
}
share_chain() { # [KEY: VALUE,...]
  cat >pintle.yaml <<END2
apiVersion: pintle.io/v1alpha1
kind: PluginChain
metadata: {name: default}
spec:
  actions:
  - {name: pintle.io/nas, config: {driver: fingerprint, mounts: "files:/export=$work/export", fingerprintRestoreTo: "files:/restored=$work/restored"${1:+, $1}}}
END2
}
list_share() { python3 "$here/list_tree.py" "$1" >"$2" || fail "list_tree.py $1"; }
# The only directory of restored/ is as the listing says, and by diff as the directory. LISTING [DIRECTORY]
expect_restored() {
  set -- "$1" "${2-}" "$work"/restored/velero-*
  [ $# -eq 3 ] || fail "restored: $*"
  list_share "$3" got.list
  diff "$1" got.list >out 2>&1 || fail "restored otherwise than $1"
  [ -z "$2" ] || diff -r --no-dereference -x fifo -x null "$2" "$3" >out 2>&1 || fail "diff -r $2"
  rm -rf "$work"/restored/velero-*
}
repository() { echo "$store"/plugins/pintle.io/nas/fp/*; }
