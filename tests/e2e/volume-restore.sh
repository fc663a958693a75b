# volume-restore.sh -- volumes and claims of a restore: from a snapshot, under another name, anew, or as they are.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins run_snapshotter good
mkdir in
pv() { # NAME HANDLE CLAIM [POLICY]
  printf '%s\n' --- "apiVersion: v1" "kind: PersistentVolume" \
    "metadata: {name: $1, labels: {topology.kubernetes.io/zone: z1}, annotations: {pv.kubernetes.io/bound-by-controller: 'yes', other: x}}" \
    "spec: {csi: {driver: d, volumeHandle: $2}, claimRef: {namespace: shop, name: $3, uid: u, resourceVersion: '1'}${4+, persistentVolumeReclaimPolicy: $4}}" \
    --- "apiVersion: v1" "kind: PersistentVolumeClaim" \
    "metadata: {name: $3, namespace: shop, annotations: {pv.kubernetes.io/bind-completed: 'yes', pv.kubernetes.io/bound-by-controller: 'yes'}}" \
    "spec: {volumeName: $1, resources: {requests: {storage: 1Gi}}}" "status: {phase: Bound}" >>in/items.yaml
}
pv keep-one fast c-one Delete
pv two gp c-two Retain
pv nobody "''" c-nobody Delete
pv static "''" c-static Retain
pv lost lost c-lost Delete
pv failed fails c-failed Delete
printf '%s\n' --- 'apiVersion: v1' 'kind: PersistentVolumeClaim' 'metadata: {name: free, namespace: shop}' 'spec: {}' >>in/items.yaml
cat >pintle.yaml <<END
apiVersion: velero.io/v1
kind: VolumeSnapshotLocation
metadata: {name: east}
spec: {provider: tests.pintle.io/snapshotter, config: {calls: $work/calls}}
END
run "$PINTLE" backup create b1 --from in
expect_status 3
rm calls
get() { python3 -c '
import json, sys
d = json.load(open(sys.argv[1]))
for p in sys.argv[2:]:
    v = d
    for k in p.split(" "): v = v.get(k) if isinstance(v, dict) else None
    print(json.dumps(v))' "$@" >got || fail "$1"; }
is() { printf '%s\n' "$@" >expected && expect_same got expected; }
snapshot() { printf 'snap-%s-z1-velero.io/storage-location=default-velero.io/backup=b1-velero.io/pv=%s' "$1" "$2"; }

# a dry run calls nobody and says what would be done
run "$PINTLE" restore create r0 --from-backup b1 --dry-run
expect_no_file calls

run "$PINTLE" restore create r1 --from-backup b1 --to to
expect_status 3
{
  echo "create_volume_from_snapshot $(snapshot fast keep-one) type=gp3 az=z1 iops=3000"
  echo "set_volume_id keep-one vol-$(snapshot fast keep-one)-gp3-z1-3000"
  echo "create_volume_from_snapshot $(snapshot gp two) type=gp3 az=z1 iops=-1"
  echo "set_volume_id two vol-$(snapshot gp two)-gp3-z1--1"
  echo "create_volume_from_snapshot $(snapshot lost lost) type=gp3 az=z1 iops=-1"
} | sort >expected
sort calls >got
expect_same got expected
run "$PINTLE" restore describe r1 --details
expect_status 0
expect_out "Velero-Native Snapshot Restores:" "  keep-one:" "    Snapshot ID:        $(snapshot fast keep-one)" "    IOPS:               3000" \
  "CSI Snapshot Restores: <none included>"
run "$PINTLE" restore describe r1
expect_out "  renamed: specify --details for more information"
P=to/_cluster/persistentvolumes C=to/shop/persistentvolumeclaims
get $P/keep-one.json "spec csi volumeHandle" "spec claimRef" "metadata annotations pv.kubernetes.io/bound-by-controller" "metadata annotations other" \
  "metadata annotations velero.io/original-pv-name"
is "\"vol-$(snapshot fast keep-one)-gp3-z1-3000\"" '{"namespace": "shop", "name": "c-one"}' null '"x"' null
# the snapshotter gave this one a name of its own
get $P/renamed.json "metadata annotations velero.io/original-pv-name" "metadata annotations tests.pintle.io/good"
is '"two"' '"restore"'
get $C/c-two.json "spec volumeName" "metadata annotations pv.kubernetes.io/bind-completed"
is '"renamed"' null
get $C/c-one.json "spec volumeName"
is '"keep-one"'
# no snapshot: by its reclaim policy
expect_no_file $P/nobody.json
get $C/c-nobody.json "spec volumeName" "spec resources requests storage"
is null '"1Gi"'
get $P/static.json "spec claimRef" "metadata annotations pv.kubernetes.io/bound-by-controller"
is '{"namespace": "shop", "name": "c-static"}' null
get $C/c-static.json "spec volumeName"
is '"static"'
# the snapshot is gone: an error, no volume; it had failed: a warning, and by its policy
expect_no_file $P/lost.json
expect_no_file $P/failed.json
log_of restore r1
expect_in log 'no snapshot snap-lost' 'the snapshot of this volume had failed' 'provisioned anew'
gzip -dc "$store/restores/r1/r1-volumeinfo.json.gz" | tr , '\n' >got
expect_in got '"pvcName":"c-one"' '"pvName":"keep-one"' '"restoreMethod":"NativeSnapshot"' '"iops":"3000"' '"Phase":""}}' '"pvName":"renamed"'
gzip -dc "$store/restores/r1/restore-r1-resource-list.json.gz" >got
expect_in got '"keep-one(created)"' '"nobody(skipped)"' '"renamed(created)"' '"lost(failed)"'

# into the same directory: a volume that is there is not made again
rm calls
run "$PINTLE" restore create r2 --from-backup b1 --to to --include-resources pv,pvc
expect_not_in calls "create_volume_from_snapshot $(snapshot fast keep-one)"

# another namespace: the volume gets another name, its claim follows
rm calls
run "$PINTLE" restore create r3 --from-backup b1 --to to --namespace-mappings shop:shop2 --include-resources pv,pvc,ns --include-cluster-resources
expect_in calls "create_volume_from_snapshot $(snapshot fast keep-one)"
# this one was made, only then had its PersistentVolume a name that is taken: it is told
expect_err "volume vol-$(snapshot gp two)-gp3-z1--1 was made from snapshot $(snapshot gp two), but its PersistentVolume was not restored"
gzip -dc "$store/restores/r3/r3-volumeinfo.json.gz" >volumes
expect_not_in volumes renamed
get to/shop2/persistentvolumeclaims/c-one.json "spec volumeName"
clone=$(tr -d '"' <got)
case $clone in velero-clone-????????-????-4???-????-????????????) ;; *) fail "the clone is called $clone" ;; esac
get "$P/$clone.json" "metadata annotations velero.io/original-pv-name" "spec claimRef namespace"
is '"keep-one"' '"shop2"'

# volumes are not wanted: they are restored as they are
rm calls
run "$PINTLE" restore create r4 --from-backup b1 --to to4 --restore-volumes=false
expect_no_file calls
get to4/_cluster/persistentvolumes/keep-one.json "spec csi volumeHandle"
is '"fast"'

# a backup whose volumes came from a file system backup, as Velero writes it, and one without volume info
python3 - "$store/backups/b1/b1-volumeinfo.json.gz" <<'END'
import gzip, json, sys
v = json.load(gzip.open(sys.argv[1]))
for i in v:
    if i.get("pvName") == "static": i.update(backupMethod="PodVolumeBackup", skipped=False)
gzip.open(sys.argv[1], "wt").write(json.dumps(v))
END
run "$PINTLE" restore create r5 --from-backup b1 --to to5
expect_no_file to5/_cluster/persistentvolumes/static.json
get to5/shop/persistentvolumeclaims/c-static.json "spec volumeName"
is null
# the same from its objects in a directory, whatever that is called; the bare tarball says nothing of volumes
cp -r "$store/backups/b1" copied
run "$PINTLE" restore create r5d --from copied/ --to to5d
for to in to5 to5d; do (cd $to && find . -type f | sort) >"list-$to"; done
expect_same list-to5d list-to5
run "$PINTLE" restore create r5t --from copied/b1.tar.gz --to to5t
expect_status 0
expect_file to5t/_cluster/persistentvolumes/static.json
printf x >>copied/b1-volumeinfo.json.gz
run "$PINTLE" restore create r5x --from copied --to to5x
expect_status 2
expect_err "copied/b1-volumeinfo.json.gz" "--restore-volumes=false"
rm "$store/backups/b1/b1-volumeinfo.json.gz" calls
run "$PINTLE" restore create r6 --from-backup b1 --to to6
expect_in calls "create_volume_from_snapshot $(snapshot fast keep-one)"
expect_no_file to6/_cluster/persistentvolumes/nobody.json
expect_clean
pass
