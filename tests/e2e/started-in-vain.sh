# started-in-vain.sh -- a worker that says it is ready when the run is over already is no warning, and no strike against an action.
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins run_snapshotter # a snapshot takes its time: more workers are started meanwhile
mkdir in
item() { printf '%s\n' --- "apiVersion: $1" "kind: $2" "metadata: {name: $3, namespace: shop}" "$4" >>in/all.yaml; }
for i in 1 2 3 4 5 6 7 8; do item v1 Pod "p$i" 'spec: {priorityClassName: high, containers: [], volumes: [{name: v, persistentVolumeClaim: {claimName: c}}]}'; done
item v1 PersistentVolumeClaim c 'spec: {volumeName: one}
status: {phase: Bound}'
item v1 PersistentVolume one 'spec: {csi: {driver: d, volumeHandle: a-one}, claimRef: {namespace: shop, name: c}}'
item scheduling.k8s.io/v1 PriorityClass high 'value: 1'
cat >pintle.yaml <<END
apiVersion: velero.io/v1
kind: VolumeSnapshotLocation
metadata: {name: east}
spec: {provider: tests.pintle.io/snapshotter, config: {calls: $work/calls}}
END
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  run "$PINTLE" backup create "b$i" --from in
  expect_status 0
  expect_not_in err "was stopped"
done
expect_clean
pass
