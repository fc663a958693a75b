# metrics-calls.sh -- calls of stores, snapshotters, operations and ItemBlockActions are timed as those for items are.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins run_store run_snapshotter run_operation run_block
items 3 && victim
cat >in/pv.yaml <<'END'
{apiVersion: v1, kind: PersistentVolume, metadata: {name: one}, spec: {csi: {driver: d, volumeHandle: a}}}
END
operation_chain operation self
cat >>pintle.yaml <<END
  - {name: tests.pintle.io/block, config: {item: nobody}}
---
apiVersion: velero.io/v1
kind: BackupStorageLocation
metadata: {name: default}
spec: {provider: tests.pintle.io/store, default: true, config: {root: $work/vendor}, objectStorage: {bucket: b}}
---
apiVersion: velero.io/v1
kind: VolumeSnapshotLocation
metadata: {name: east}
spec: {provider: tests.pintle.io/snapshotter, config: {calls: $work/calls}}
END
store=$work/vendor/b
d=velero_plugin_operation_duration_seconds
of() { echo "action=\"tests.pintle.io/$1\",plugin=\"run_$1\",operation=\"$2\""; }
count() { sed -n "s|^${d}_count{$(of "$2" "$3")} ||p" "$1"; } # FILE ACTION OPERATION
expect_count() { # FILE ACTION OPERATION OPERATOR NUMBER
  n=$(count "$1" "$2" "$3")
  [ -n "$n" ] && [ "$n" "$4" "$5" ] || fail "$1: $2 $3 was called '$n' times, not $4 $5"
}
described() { # OPERATION...: once each
  for what; do
    [ "$(grep -c "^  tests.pintle.io/$what: .* in all" out)" -eq 1 ] || fail "describe: $what"
  done
}

start_until backup b1 WaitingForPluginOperations "$PINTLE" backup create b1 --from in --metrics-file backup.prom --events events
control victim.state '{"completed":true,"nCompleted":1,"nTotal":1}'
end_of_run
expect_status 0
for f in get_volume_id get_volume_info create_snapshot; do expect_count backup.prom snapshotter $f -eq 1; done
expect_count backup.prom block get_related_items -eq 4
expect_count backup.prom operation execute -eq 5
expect_count backup.prom operation progress -ge 1
expect_count backup.prom store put_object -ge 10
expect_in backup.prom "${d}_bucket{$(of snapshotter create_snapshot),le=\"+Inf\"} 1" \
  "velero_plugin_operation_failures_total{$(of store get_object),reason=\"error\"} 0"
run "$PINTLE" backup describe b1 --details
expect_status 0
described "operation (run_operation@1.0)" "operation (run_operation@1.0) progress" "store (run_store@1.0) put_object" \
  "snapshotter (run_snapshotter@1.0) create_snapshot" "block (run_block@1.0) get_related_items"
run "$PINTLE" backup verify b1
expect_status 0

# Another process ends what this one began: the calls of both count.
rm op/*
start_until backup b2 WaitingForPluginOperations "$PINTLE" backup create b2 --from in
kill_run
python3 "$here/age_runs.py" "$store/plugins/pintle.io/runs" || fail age_runs.py
control victim.state '{"completed":true,"nCompleted":1,"nTotal":1}'
run "$PINTLE" backup continue b2
expect_status 0
run "$PINTLE" backup describe b2 --details
described "operation (run_operation@1.0)" "operation (run_operation@1.0) progress" "store (run_store@1.0) put_object" \
  "snapshotter (run_snapshotter@1.0) create_snapshot" "block (run_block@1.0) get_related_items"
run "$PINTLE" backup describe b2 --details -o json
python3 -c 'import json
a = {(x["action"], x["operation"]): x for x in json.load(open("out"))["actions"]}
put, block = a["tests.pintle.io/store", "put_object"], a["tests.pintle.io/block", "get_related_items"]
assert put["calls"] >= 15 and put["histogram"]["+Inf"] == put["calls"], put
assert block["calls"] == 4 and a["tests.pintle.io/snapshotter", "create_snapshot"]["calls"] == 1, a' || fail "calls of both processes"

# A restore, its operation too; one that dies and one that is refused are failures.
rm op/* && sed -i 's/post: "self"/post: ""/' pintle.yaml
start_until restore r1 WaitingForPluginOperations "$PINTLE" restore create r1 --from-backup b1 --to to --metrics-file restore.prom
control victim.state '{"completed":true,"nCompleted":1,"nTotal":1}'
end_of_run
expect_status 0
expect_count restore.prom snapshotter create_volume_from_snapshot -eq 1
expect_count restore.prom operation progress -ge 1
run "$PINTLE" restore describe r1 --details
described "operation (run_operation@1.0) progress" "snapshotter (run_snapshotter@1.0) set_volume_id" "store (run_store@1.0) get_object"
sed -i 's/volumeHandle: a/volumeHandle: fails/' in/pv.yaml && rm op/*
start_until backup b3 WaitingForPluginOperationsPartiallyFailed "$PINTLE" backup create b3 --from in --metrics-file fails.prom
control victim.state '{"completed":true,"nCompleted":1,"nTotal":1}'
end_of_run
expect_status 3
expect_in fails.prom "velero_plugin_operation_failures_total{$(of snapshotter create_snapshot),reason=\"error\"} 1"
command -v promtool >/dev/null || skip "there is no promtool (Debian: prometheus); all else is as it should be"
for f in *.prom; do
  promtool check metrics <"$f" >out 2>err || fail "promtool refuses $f"
done
pass
