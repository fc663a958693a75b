# nas-fingerprint-trees.sh -- a cache of Go modules, read-only and not root's; many small files.  SPDX-License-Identifier: Apache-2.0
# Environment: NAS_MODULES, a directory to take instead of the cache that is made here; NAS_FILES (3000), how many small files.
. "$(dirname "$0")/lib.sh"
. "$here/nas-share.sh"
mkdir -p "$share" in restored
make_item() {
  cat >in/items.yaml <<'END2'
apiVersion: v1
kind: PersistentVolume
metadata: {name: one, annotations: {pintle.io/nas-backup: "true"}}
spec: {persistentVolumeReclaimPolicy: Delete, nfs: {server: files, path: /export/share}}
END2
}
make_item && share_chain

# ---- modules: directories and files that nobody may write to, owned by who restores them
modules=$share/mod
if [ -d "${NAS_MODULES:-/none}" ]; then
  cp -a "$NAS_MODULES" "$modules" || fail "cp $NAS_MODULES"
else
  mkdir -p "$modules/cache/download/sumdb" "$modules/cache/lock"
  for module in 'github.com/!azure/go-autorest@v14.2.0+incompatible' 'golang.org/x/text@v0.3.8' 'k8s.io/api@v0.29.0-rc.1'; do
    mkdir -p "$modules/$module/internal/testdata/a b" "$modules/cache/download/${module%@*}/@v"
    seq 1 5000 >"$modules/$module/doc.go" && : >"$modules/$module/internal/empty.go" && seq 1 9 >"$modules/$module/internal/testdata/a b/ümlaut.txt"
    head -c 70000 /dev/urandom >"$modules/cache/download/${module%@*}/@v/${module#*@}.zip" && : >"$modules/cache/download/${module%@*}/@v/${module#*@}.lock"
    chmod -R a-w "$modules/$module"
  done
fi
nobody() { "$@"; }
if [ "$(id -u)" -eq 0 ]; then
  chown -R 65534:65534 "$work"
  nobody() { setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }
  if ! nobody "$PINTLE" version >/dev/null 2>&1; then
    nobody() { "$@"; } # the program cannot be read by others here
  fi
fi
find "$share" -depth -exec touch -h -d '2020-02-02 02:02:02.123456789' {} +
sleep 2.1
list_share "$share" first.list
run nobody "$PINTLE" backup create b1 --from in
expect_status 0
run nobody "$PINTLE" restore create r1 --from-backup b1 --to to1
expect_status 0
expect_restored first.list "$share"
# A version comes, another one goes: what is new is read, and nothing else.
old=$(find "$modules" -mindepth 1 -name '*@*' -type d | LC_ALL=C sort | head -n 1)
cp -a "$old" "$old-next" && chmod -R u+w "$old" "$old-next" && rm -rf "$old" || fail "another version"
echo changed >>"$(find "$old-next" -type f -size +0 | LC_ALL=C sort | head -n 1)"
names=$(find "$old-next" -type f | wc -l)
chmod -R a-w "$old-next"
[ "$(id -u)" -ne 0 ] || chown -R 65534:65534 "$old-next"
sleep 2.1
list_share "$share" second.list
run nobody "$PINTLE" backup create b2 --from in
expect_status 0
log_of backup b2
expect_in log "read $names files"
run nobody "$PINTLE" restore create r2 --from-backup b2 --to to2
expect_status 0
expect_restored second.list "$share"
chmod -R u+w "$share" && rm -rf "$share" pintle-store

# ---- many small files; the next backup reads none of them
python3 - "$share" "${NAS_FILES:-3000}" <<'END2' || fail "files"
import os, sys
root, n = sys.argv[1], int(sys.argv[2])
for i in range(n):
    if i % 1000 == 0:
        os.makedirs(os.path.join(root, 'd%04d' % (i // 1000)), exist_ok=True)
    with open(os.path.join(root, 'd%04d' % (i // 1000), 'f%d' % i), 'w') as f:
        f.write('%d\n' % i * (1 + i % 40))
END2
sleep 2.1
list_share "$share" many.list
for b in b1 b2; do
  run "$PINTLE" backup create $b --from in
  expect_status 0
  [ -z "${NAS_FILES-}" ] || echo "$b: ${NAS_FILES} files, $seconds s"
done
log_of backup b2
expect_in log "volume one: ${NAS_FILES:-3000} files, " 'read 0 files, 0 bytes; new 0 bytes, stored as 0;'
run "$PINTLE" restore create r1 --from-backup b2 --to to3
expect_status 0
[ -z "${NAS_FILES-}" ] || echo "r1: $seconds s"
expect_restored many.list
expect_clean
pass
