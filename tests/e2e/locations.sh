# locations.sh -- several storage locations: backups, restores and listings keep to theirs.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
items 3
cat >pintle.yaml <<END
apiVersion: velero.io/v1
kind: BackupStorageLocation
metadata: {name: first}
spec: {provider: pintle.io/file, default: true, objectStorage: {bucket: one, prefix: a/b}, config: {root: $work/disk}}
---
apiVersion: velero.io/v1
kind: BackupStorageLocation
metadata: {name: second}
spec: {provider: pintle.io/file, objectStorage: {bucket: two}, config: {root: $work/disk}}
---
apiVersion: velero.io/v1
kind: BackupStorageLocation
metadata: {name: sealed}
spec: {provider: pintle.io/file, accessMode: ReadOnly, objectStorage: {bucket: two}, config: {root: $work/disk}}
END
run "$PINTLE" backup create b1 --from in
expect_status 0
expect_file disk/one/a/b/backups/b1/velero-backup.json
run "$PINTLE" backup create b2 --from in --storage-location second
expect_status 0
expect_file disk/two/backups/b2/velero-backup.json
run "$PINTLE" backup get
expect_out b1
expect_not_in out b2
run "$PINTLE" backup get --storage-location second
expect_out b2 second
run "$PINTLE" restore create r2 --from-backup b2 --to to --storage-location second
expect_status 0
compare in to --restored b2 r2
expect_file disk/two/restores/r2/restore-r2-results.gz
expect_no_file disk/one/a/b/restores/r2
run "$PINTLE" restore create r3 --from-backup b2 --to to3
[ "$status" -ne 0 ] || fail "b2 was found in the wrong location"
expect_err b2
expect_no_file to3
run "$PINTLE" backup create b3 --from in --storage-location sealed
[ "$status" -ne 0 ] || fail "written into a read-only location"
expect_err sealed ReadOnly
expect_no_file disk/two/backups/b3
run "$PINTLE" restore create r4 --from-backup b2 --to to4 --storage-location sealed
expect_status 0
run "$PINTLE" backup delete b2 --confirm --storage-location sealed
[ "$status" -ne 0 ] || fail "deleted from a read-only location"
run "$PINTLE" backup-location get
expect_out NAME PROVIDER first second sealed ReadOnly one/a/b
sed 's/name: second/name: default/; s/default: true, //' pintle.yaml >named.yaml # no default: the one that is called so
run "$PINTLE" backup get --config named.yaml
expect_out b2
sed 's/name: second/name: default/' pintle.yaml >both.yaml # spec.default counts more than the name
run "$PINTLE" backup get --config both.yaml
expect_out b1
expect_not_in out b2
awk 'BEGIN { RS = "---\n" } { d[NR] = $0 } END { print d[2] "---\n" d[1] }' both.yaml >turned.yaml
run "$PINTLE" backup get --config turned.yaml
expect_out b1
expect_not_in out b2
pass
