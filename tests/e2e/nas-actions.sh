# nas-actions.sh -- pintle.io/nas in a backup: a PersistentVolume's snapshot travels in its annotations; wait, restore, delete.
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins run_nas
mkdir in snapshots
cat >in/items.yaml <<END
apiVersion: v1
kind: PersistentVolume
metadata: {name: one}
spec: {persistentVolumeReclaimPolicy: Delete, storageClassName: share, csi: {driver: nfs.csi.k8s.io, volumeHandle: "s#x#one##", volumeAttributes: {server: s, share: /x, subdir: one}}}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: two, annotations: {pintle.io/nas-backup: "true"}}
spec: {nfs: {server: s, path: /two}}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: three}
spec: {nfs: {server: s, path: /three}}
END
cat >pintle.yaml <<END
apiVersion: pintle.io/v1alpha1
kind: PluginChain
metadata: {name: default}
spec:
  actions:
  - {name: pintle.io/nas, config: {driver: test, mountRoot: $work/snapshots, selectClasses: share}}
END
count() { [ "$(ls snapshots | wc -l)" -eq "$1" ] || fail "$(ls snapshots | wc -l) snapshots, not $1: $2"; }
stored() { tar xOzf "$store/backups/$1/$1.tar.gz" "resources/persistentvolumes/cluster/$2.json" >"$2.json" || fail "no $2 in $1"; }

run "$PINTLE" backup create dry --from in --dry-run
expect_status 0
run "$PINTLE" backup create none --from in --snapshot-volumes=false
expect_status 0
count 0 "nobody wanted one"
run "$PINTLE" backup create b1 --from in
expect_status 0
expect_clean
count 2 "b1"
stored b1 one && stored b1 two && stored b1 three
expect_in one.json '"pintle.io/nas-snapshot":"nass1:{\"d\":\"test\",\"k\":\"nfs.csi.k8s.io\",\"s\":\"s\",\"p\":\"/x\",\"u\":\"one\",\"v\":\"one\",\"i\":\"velero-' \
  '"persistentVolumeReclaimPolicy":"Retain"' '"pintle.io/nas-reclaim-policy":"Delete"'
expect_in two.json '"pintle.io/nas-snapshot":"nass1:'
expect_not_in three.json pintle.io/nas

# a snapshot that takes its time is an operation, which is waited for
echo 3 >snapshots/.questions
run "$PINTLE" backup create b2 --from in
expect_status 0
gzip -dc "$store/backups/b2/b2-itemoperations.json.gz" >op.json
expect_in op.json '"backupItemAction":"pintle.io/nas"' '"phase":"Completed","nCompleted":3,"nTotal":3,"operationUnits":"questions"' '"operationID":"nass1:'
count 4 "b2"
rm snapshots/.questions

run "$PINTLE" restore create r1 --from-backup b1 --to to
expect_status 0
one=$(ls to/_cluster/persistentvolumes/one.*)
expect_in "$one" /velero- Delete
expect_not_in "$one" pintle.io/nas-
expect_in "$(ls to/_cluster/persistentvolumes/two.*)" /velero-
expect_not_in "$(ls to/_cluster/persistentvolumes/three.*)" /velero-

run "$PINTLE" backup delete b1 --confirm
expect_status 0
count 2 "b1 was deleted"
run "$PINTLE" restore create r2 --from-backup b2 --to to2
expect_status 0
run "$PINTLE" backup delete b2 --confirm
expect_status 0
count 0 "b2 was deleted"

# as a VolumeSnapshotter
cat >pintle.yaml <<END
apiVersion: velero.io/v1
kind: VolumeSnapshotLocation
metadata: {name: share}
spec: {provider: pintle.io/nas, config: {driver: test, mountRoot: $work/snapshots}}
END
run "$PINTLE" backup create b3 --from in
expect_status 0
count 3 "b3"
gzip -dc "$store/backups/b3/b3-volumesnapshots.json.gz" >object
expect_in object '"location":"share"' '"volumeType":"test"' '"providerVolumeID":"nas1:{\"d\":\"test\"' '"phase":"Completed"'
run "$PINTLE" restore create r3 --from-backup b3 --to to3
expect_status 0
expect_in "$(ls to3/_cluster/persistentvolumes/three.*)" /velero-
run "$PINTLE" backup delete b3 --confirm
expect_status 0
count 0 "b3 was deleted"
pass
