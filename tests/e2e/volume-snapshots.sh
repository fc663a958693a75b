# volume-snapshots.sh -- snapshots of volumes: who is asked, in which order, with which tags; a line for every volume.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins run_snapshotter
mkdir in
pv() { # NAME HANDLE [MORE-SPEC [MORE-METADATA]]
  printf '%s\n' --- "apiVersion: v1" "kind: PersistentVolume" "metadata: {name: $1${4-}}" "spec: {csi: {driver: d, volumeHandle: $2}${3-}}" >>in/items.yaml
}
pvc() { printf '%s\n' --- "apiVersion: v1" "kind: PersistentVolumeClaim" "metadata: {name: $1, namespace: shop}" "spec: {volumeName: \"${2-}\"}" >>in/items.yaml; }
affinity() { printf ', nodeAffinity: {required: {nodeSelectorTerms: [%s]}}' "$1"; }
term() { printf '{matchExpressions: [{key: %s, operator: In, values: [%s, other]}]}' "$1" "$2"; }
pv one a-one ", persistentVolumeReclaimPolicy: Delete, claimRef: {namespace: shop, name: first}" ", labels: {z: '1', a: <b>, topology.kubernetes.io/zone: z1, failure-domain.beta.kubernetes.io/zone: old}"
pv two b-two "" ", labels: {failure-domain.beta.kubernetes.io/zone: z2}"
pv three fast "$(affinity "$(term topology.gke.io/zone g1), $(term topology.gke.io/zone g2)")"
pv four a-four "$(affinity "$(term topology.gke.io/zone g1), $(term topology.ebs.csi.aws.com/zone e1)")"
pv five fails
pv six gone
pv seven nobody
pv eight a-held
pv nine unreadable
pvc first one
pvc second two
pvc third elsewhere
pvc fourth
cat >pintle.yaml <<END
apiVersion: velero.io/v1
kind: VolumeSnapshotLocation
metadata: {name: east}
spec: {provider: tests.pintle.io/snapshotter, config: {calls: $work/calls-east, only: a-}}
---
apiVersion: velero.io/v1
kind: VolumeSnapshotLocation
metadata: {name: west}
spec: {provider: tests.pintle.io/west, config: {calls: $work/calls-west}}
---
apiVersion: velero.io/v1
kind: VolumeSnapshotLocation
metadata: {name: broken}
spec: {provider: example.com/absent}
---
apiVersion: pintle.io/v1alpha1
kind: PluginChain
metadata: {name: default}
spec: {aliases: {tests.pintle.io/west: tests.pintle.io/snapshotter}}
END
object() { gzip -dc "$store/backups/$1/$1-$2.json.gz" >object; }
run "$PINTLE" backup create b1 --from in --labels team=shop,a=b --volume-snapshot-locations west,east
expect_status 3
# west is asked first, and knows all
cat >expected <<'END'
get_volume_id one
get_volume_info a-one az=z1
create_snapshot a-one az=z1 team=shop a=b velero.io/storage-location=default velero.io/backup=b1 velero.io/pv=one
get_volume_id two
get_volume_info b-two az=z2
create_snapshot b-two az=z2 team=shop a=b velero.io/storage-location=default velero.io/backup=b1 velero.io/pv=two
get_volume_id three
get_volume_info fast az=g1__g2
create_snapshot fast az=g1__g2 team=shop a=b velero.io/storage-location=default velero.io/backup=b1 velero.io/pv=three
get_volume_id four
get_volume_info a-four az=e1
create_snapshot a-four az=e1 team=shop a=b velero.io/storage-location=default velero.io/backup=b1 velero.io/pv=four
get_volume_id five
get_volume_info fails az=
create_snapshot fails az= team=shop a=b velero.io/storage-location=default velero.io/backup=b1 velero.io/pv=five
get_volume_id six
get_volume_info gone az=
get_volume_id seven
get_volume_info nobody az=
create_snapshot nobody az= team=shop a=b velero.io/storage-location=default velero.io/backup=b1 velero.io/pv=seven
get_volume_id eight
get_volume_info a-held az=
create_snapshot a-held az= team=shop a=b velero.io/storage-location=default velero.io/backup=b1 velero.io/pv=eight
get_volume_id nine
END
expect_same calls-west expected
printf '%s\n' "get_volume_id nine" >expected
expect_same calls-east expected
log_of backup b1
expect_in log 'error taking snapshot of volume: VolumeSnapshotLocation \"west\": create_snapshot: no snapshots today' \
  'error getting volume info: VolumeSnapshotLocation \"west\": get_volume_info: no volume gone' 'get_volume_id: the vendor is asleep' \
  'no plugin has a VolumeSnapshotter named example.com/absent'
[ "$(grep level=error log | grep -c example.com/absent)" -eq 1 ] || fail "a location that cannot be opened is told of more than once"
tar -tzf "$store/backups/b1/b1.tar.gz" >names
expect_in names resources/persistentvolumes/cluster/five.json resources/persistentvolumes/cluster/six.json
expect_in "$store/backups/b1/velero-backup.json" '"volumeSnapshotsAttempted": 7' '"volumeSnapshotsCompleted": 6' '"phase": "PartiallyFailed"'

# the files, byte for byte
uid=$(sed -n 's/.*"uid": "\([^"]*\)".*/\1/p' "$store/backups/b1/velero-backup.json")
tags='team=shop-a=b-velero.io/storage-location=default-velero.io/backup=b1-velero.io/pv'
spec() { printf '{"spec":{"backupName":"b1","backupUID":"%s","location":"west","persistentVolumeName":"%s","providerVolumeID":"%s","volumeType":"gp3"%s},"status":{%s}}' "$uid" "$@"; }
ok() { printf '"providerSnapshotID":"snap-%s-%s-%s=%s","phase":"Completed"' "$1" "$2" "$tags" "$3"; }
{
  printf '['
  spec one a-one ',"volumeAZ":"z1"' "$(ok a-one z1 one)" && printf ,
  spec two b-two ',"volumeAZ":"z2"' "$(ok b-two z2 two)" && printf ,
  spec three fast ',"volumeAZ":"g1__g2","volumeIOPS":3000' "$(ok fast g1__g2 three)" && printf ,
  spec four a-four ',"volumeAZ":"e1"' "$(ok a-four e1 four)" && printf ,
  spec five fails '' '"phase":"Failed"' && printf ,
  spec seven nobody '' "$(ok nobody '' seven)" && printf ,
  spec eight a-held '' "$(ok a-held '' eight)" && printf ']\n'
} >expected
object b1 volumesnapshots
expect_same object expected
object b1 volumeinfo
python3 - "$tags" >expected <<'END'
import sys
tags = sys.argv[1]
def line(names, id, az, pv, iops="0", ok=True, policy="Retain", labels="null", type="gp3"):
    handle = f"snap-{id}-{az}-{tags}={pv}" if ok else ""
    return ("{" + names + f'"pvName":"{pv}","backupMethod":"NativeSnapshot","snapshotDataMoved":false,"preserveLocalSnapshot":false,"skipped":false,'
            f'"result":"{"succeeded" if ok else "failed"}","nativeSnapshotInfo":{{"snapshotHandle":"{handle}","volumeType":"{type}","volumeAZ":"{az}",'
            f'"iops":"{iops}","Phase":"{"Completed" if ok else "Failed"}"}},"pvInfo":{{"reclaimPolicy":"{policy}","labels":{labels}}}}}')
def skipped(names, why, more=""):
    return "{" + names + f'"snapshotDataMoved":false,"preserveLocalSnapshot":false,"skipped":true,"skippedReason":"{why}"{more}}}'
old = '"failure-domain.beta.kubernetes.io/zone"'
print("[" + ",".join([
    line('"pvcName":"first","pvcNamespace":"shop",', "a-one", "z1", "one", policy="Delete",
         labels='{"a":"\\u003cb\\u003e",' + old + ':"old","topology.kubernetes.io/zone":"z1","z":"1"}'),
    line('"pvcName":"second","pvcNamespace":"shop",', "b-two", "z2", "two", labels="{" + old + ':"z2"}'),
    line("", "fast", "g1__g2", "three", "3000"),
    line("", "a-four", "e1", "four"),
    line("", "fails", "", "five", ok=False),
    line("", "gone", "", "six", ok=False, type=""),
    line("", "nobody", "", "seven"),
    line("", "a-held", "", "eight"),
    skipped('"pvName":"nine",', "no plugin has a VolumeSnapshotter named example.com/absent", ',"pvInfo":{"reclaimPolicy":"Retain","labels":null}')
      .replace('"no plugin', '"VolumeSnapshotLocation \\"broken\\": no plugin'),
    skipped('"pvcName":"fourth","pvcNamespace":"shop",', "the claim is not bound to a volume"),
    skipped('"pvcName":"third","pvcNamespace":"shop","pvName":"elsewhere",', "its PersistentVolume is not in the backup"),
]) + "]")
END
expect_same object expected

# the order of the configuration; east knows what begins with a-; --fail-on volumes counts what was not saved
rm -f calls-*
run "$PINTLE" backup create b2 --from in --fail-on volumes
expect_status 4
expect_err "5 volumes whose data was not saved"
expect_in calls-east "create_snapshot a-one az=z1 velero.io/storage-location=default velero.io/backup=b2 velero.io/pv=one" "get_volume_id two"
expect_not_in calls-east "get_volume_info b-two"
expect_not_in calls-west "get_volume_id one"
expect_in calls-west "create_snapshot b-two"
expect_in "$store/backups/b2/velero-backup.json" '"volumeSnapshotLocations": [' '"east",' '"west",' '"broken"'

# no snapshots wanted, and a dry run: nobody is called
rm -f calls-*
run "$PINTLE" backup create b3 --from in --snapshot-volumes=false
expect_status 0
run "$PINTLE" backup create b4 --from in --dry-run
expect_status 0
expect_no_file calls-east
expect_no_file calls-west
object b3 volumesnapshots
printf 'null\n' >expected
expect_same object expected
object b3 volumeinfo
expect_in object '"pvName":"one","snapshotDataMoved":false,"preserveLocalSnapshot":false,"skipped":true,"skippedReason":"spec.snapshotVolumes of the backup is false"'

# a location that is not there, two of one provider
run "$PINTLE" backup create b5 --from in --volume-snapshot-locations wset
expect_status 2
expect_err 'no VolumeSnapshotLocation "wset"' 'did you mean "west"?'
sed 's,tests.pintle.io/west},tests.pintle.io/snapshotter},; s,^spec: {provider: tests.pintle.io/west,spec: {provider: tests.pintle.io/snapshotter,' pintle.yaml >twice.yaml
run "$PINTLE" backup create b5 --from in --config twice.yaml
expect_status 2
expect_err 'more than one VolumeSnapshotLocation: "east" and "west"'
run "$PINTLE" backup create b5 --from in --config twice.yaml --volume-snapshot-locations east
expect_status 3
expect_clean
pass
