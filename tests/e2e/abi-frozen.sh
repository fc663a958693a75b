# abi-frozen.sh -- a plugin built from the frozen commit's source and headers: all six kinds of actions work in this pintle.
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
sh "$here/../abi/frozen.sh" "$PINTLE_PLUGIN_DIR" >build.log 2>&1 || fail "frozen.sh: $(cat build.log)"
cat >in.yaml <<'END'
{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: shop}}
---
{apiVersion: v1, kind: Secret, metadata: {name: s, namespace: shop}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: c, namespace: shop}}
---
{apiVersion: v1, kind: PersistentVolume, metadata: {name: pv}, spec: {csi: {driver: d, volumeHandle: vol}}}
END
cat >pintle.yaml <<'END'
apiVersion: velero.io/v1
kind: VolumeSnapshotLocation
metadata: {name: east}
spec: {provider: skew.test/all}
---
apiVersion: pintle.io/v1alpha1
kind: PluginChain
metadata: {name: default}
spec: {actions: [{name: skew.test/all, config: {text: v}}]}
END
run "$PINTLE" plugin inspect skew-frozen.so
expect_status 0
expect_out "Status:            loaded" "ABI:               1.0 "
[ "$(grep -c '^[A-Za-z]* skew.test/all$' out)" -eq 6 ] || fail "not six kinds"
expect_not_in out Refused Reason
run "$PINTLE" chain run --phase backup -o json in.yaml
expect_status 0
expect_out '"name":"p","namespace":"shop","labels":{"skew":"v"}' # its selector: pods
[ "$(grep -c '"skew":"v"' out)" -eq 1 ] || fail "more than pods were changed"

run "$PINTLE" backup create b1 --from in.yaml
expect_status 0
expect_clean
python3 "$here/tar_list.py" "$store/backups/b1/b1.tar.gz" | sed -n 's,^resources/\([a-z]*\)/namespaces/shop/\([^ ]*\).json.*,\1/\2,p' >names
printf '%s\n' secrets/s pods/p configmaps/c >expected # the Pod's additional item before it, its related one behind it
expect_same names expected
gzip -dc "$store/backups/b1/b1-volumesnapshots.json.gz" >object
expect_in object '"providerVolumeID":"vol","volumeType":"ssd","volumeIOPS":7},"status":{"providerSnapshotID":"snap-vol","phase":"Completed"}'
run "$PINTLE" backup verify b1
expect_status 0

run "$PINTLE" restore create r1 --from-backup b1 --to to
expect_status 0
expect_clean
for f in shop/pods/p shop/secrets/s shop/configmaps/c _cluster/persistentvolumes/pv; do expect_in "to/$f.json" '"skew": "v"'; done
log_of restore r1
expect_in log "executed: 4" "additional item secrets s is not in the backup"

run "$PINTLE" backup delete b1 --confirm
expect_status 3
expect_err "p is in use at /metadata/name" 'backup "b1" is kept'
run "$PINTLE" backup delete b1 --confirm --force
expect_status 0
expect_no_file "$store/backups/b1"

# its store holds the object that came last: what is put comes back, and a backup, which needs more, is refused and not lost in silence
cat >pintle.yaml <<'END'
apiVersion: velero.io/v1
kind: BackupStorageLocation
metadata: {name: default}
spec: {provider: skew.test/all, default: true, objectStorage: {bucket: b}}
END
run "$PINTLE" backup create b2 --from in.yaml
[ "$status" -eq 1 ] || [ "$status" -eq 2 ] || fail "exit status $status"
expect_clean
pass
