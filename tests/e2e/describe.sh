# describe.sh -- describe shows what a Backup of Velero's may hold: operations, hooks, validation errors, volumes.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
items 2 && run "$PINTLE" backup create b1 --from in --parallel-files-upload 3
expect_status 0
python3 "$here/make_described.py" "$store/backups/b1" b1 || fail make_described.py
run "$PINTLE" backup describe b1
expect_status 0
expect_out "Backup Item Operations:  1 of 2 completed successfully, 1 failed (specify --details for more information)" \
  "Parallel files upload:  3" "Validation errors:  the sky is falling" "HooksAttempted:  4" "HooksFailed:     1" \
  "    freeze:" "Label selector:  app=db" "Pre Exec Hook:" "Container:  db" "Command:    fsfreeze -f" "On Error:   Fail" "Timeout:    30s" \
  "Global volume policies:"
expect_not_in out snap-17 op-1
volumes() { sed -n '/^Backup Volumes:/,/^HooksAttempted/p' out | sed '$d'; }
volumes >have
cat >wanted <<'END'
Backup Volumes:
  Velero-Native Snapshots:
    pv-1: specify --details for more information

  CSI Snapshots:
    shop/csi:
      Snapshot: included, specify --details for more information
    shop/moved:
      Data Movement: included, specify --details for more information
    shop/both:
      Snapshot: included, specify --details for more information
      Data Movement: included, specify --details for more information

  Pod Volume Backups - kopia (specify --details for more information):
    Completed:    3
    Failed:       1
    In Progress:  1
    New:          1

  Skipped Volumes:
    pv-2: a policy says skip

END
expect_same wanted have
run "$PINTLE" backup describe b1 --details
expect_status 0
expect_out "  Operation for deployments.apps shop/web:" "Backup Item Action Plugin:  example.com/copy" "Operation ID:" "op-1" "Items to Update:" \
  "      pods shop/web-0" "Operation Error:" "no space" "3 of 9 complete (Bytes)" "copying" "2026-05-20 08:00:00 +0000 UTC" "    - shop/item-00"
volumes >have
cat >wanted <<'END'
Backup Volumes:
  Velero-Native Snapshots:
    pv-1:
      Snapshot ID:        snap-17
      Type:               gp3
      Availability Zone:  eu-1a
      IOPS:               300
      Result:             succeeded

  CSI Snapshots:
    shop/csi:
      Snapshot:
        Operation ID: op-2
        Snapshot Content Name: vsc-1
        Storage Snapshot ID: h
        Snapshot Size (bytes): 5368709120
        CSI Driver: csi.example.com
        Result: failed
    shop/moved:
      Data Movement:
        Operation ID: op-3
        Data Mover: velero
        Uploader Type: kopia
        Moved data Size (bytes): 7
        Result: succeeded
    shop/both:
      Snapshot:
        Snapshot Content Name: vsc-2
        Storage Snapshot ID: i
        Snapshot Size (bytes): 1
        CSI Driver: csi.example.com
        Result: 
      Data Movement:
        Operation ID: op-4
        Data Mover: other
        Uploader Type: kopia
        Moved data Size (bytes): 0
        Result: 

  Pod Volume Backups - kopia:
    Completed:
      shop/a: v1 (size: 10), v2 (size: 10, incremental size: 4)
      shop/b: v3
    Failed:
      shop/c: v6
    In Progress:
      shop/b: v4 (33.33%)
    New:
      shop/c: v5

  Skipped Volumes:
    pv-2: a policy says skip

END
expect_same wanted have

# As JSON: Velero's form (tests/interop/velero compares it with Velero's own), and what pintle adds with --details.
run "$PINTLE" backup describe b1 -o json
expect_status 0
expect_out '    "errors": {' '"onError:": "Fail"' '"TTL": "72h0m0s"' '                "pv-1": "specify --details for more information"'
expect_not_in out itemOperations skippedVolumes resourceList actions
run "$PINTLE" backup describe b1 --details -o json
expect_status 0
python3 -c 'import json
d = json.load(open("out"))
assert d["phase"] == "Completed" and d["metadata"]["name"] == "b1" and d["itemOperations"][0]["spec"]["operationID"] == "op-1", d
assert d["status"]["resourceList"] == {"v1/ConfigMap": ["shop/item-00", "shop/item-01"]}, d
v = d["status"]["backupVolumes"]
assert v["nativeSnapshots"]["pv-1"] == {"snapshotID": "snap-17", "type": "gp3", "availabilityZone": "eu-1a", "IOPS": "300", "result": "succeeded"}, v
assert v["podVolumeBackups"]["podVolumeBackupsDetails"]["In Progress"] == [{"shop/b": "v4 (33.33%)"}] and v["skippedVolumes"] == {"pv-2": "a policy says skip"}, v
assert d["errors"] == {"velero": [], "cluster": [], "namespace": {"shop": ["no"]}}, d' || fail "-o json"
# Restores have the same form.
run "$PINTLE" restore create r1 --from-backup b1 --to to --namespace-mappings shop:mall --restore-volumes=false
expect_status 0
run "$PINTLE" restore describe r1 --details -o json
expect_status 0
python3 -c 'import json
d = json.load(open("out"))
assert list(d) == ["actions", "itemOperations", "metadata", "phase", "spec", "status"] and d["phase"] == "Completed", d
assert d["spec"]["backupName"] == "b1" and d["spec"]["namespaceMappings"] == {"shop": "mall"} and d["spec"]["restorePVs"] == "false", d
assert d["spec"]["namespaces"] == {"included": "all namespaces found in the backup", "excluded": "<none>"}, d
s = d["status"]
assert s["itemsRestored"] == 2 and s["restoreVolumes"] == {"nativeSnapshots": "<none included>", "csiSnapshots": "<none included>"}, s
assert list(s["resourceList"]) == ["v1/ConfigMap", "v1/Namespace"] or list(s["resourceList"]) == ["v1/ConfigMap"], s' || fail "restore describe -o json"
run "$PINTLE" backup create b2 --from in
run "$PINTLE" backup describe b1 b2 -o json
expect_status 0
python3 -c 'import json
d = json.load(open("out"))
assert d["kind"] == "BackupDescriptionList" and [x["metadata"]["name"] for x in d["items"]] == ["b1", "b2"], d' || fail "a list"
# Older backups lack most files.
cd "$store/backups/b1" && rm b1-itemoperations.json.gz b1-volumeinfo.json.gz b1-resource-list.json.gz b1-pintle* && cd "$work" || exit 1
run "$PINTLE" backup describe b1 --details
expect_status 0
expect_out "Backup Item Operations:" "<not found>" "Resource List:"
pass
