# describe.sh -- describe shows what a Backup of Velero's may hold: operations, hooks, validation errors, volumes.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
items 2 && run "$PINTLE" backup create b1 --from in --parallel-files-upload 3
expect_status 0
python3 - "$store/backups/b1" <<'END' || fail "python"
import gzip, json, sys
d = sys.argv[1]
b = json.load(open(d + "/velero-backup.json"))
b["status"].update({"backupItemOperationsAttempted": 2, "backupItemOperationsCompleted": 1, "backupItemOperationsFailed": 1,
                    "hookStatus": {"hooksAttempted": 4, "hooksFailed": 1}, "validationErrors": ["the sky is falling"]})
b["spec"]["hooks"] = {"resources": [{"name": "freeze", "includedNamespaces": ["shop"], "labelSelector": {"matchLabels": {"app": "db"}},
                                     "pre": [{"exec": {"container": "db", "command": ["fsfreeze", "-f"], "onError": "Fail", "timeout": "30s"}}]}]}
json.dump(b, open(d + "/velero-backup.json", "w"))
def put(name, value):
    gzip.open(f"{d}/b1-{name}.json.gz", "wt").write(json.dumps(value) + "\n")
put("itemoperations", [{"spec": {"backupName": "b1", "backupUID": "u", "backupItemAction": "example.com/copy", "operationID": "op-1",
     "resourceIdentifier": {"Group": "apps", "Resource": "deployments", "Namespace": "shop", "Name": "web"},
     "postOperationItems": [{"Group": "", "Resource": "pods", "Namespace": "shop", "Name": "web-0"}]},
     "status": {"phase": "Failed", "error": "no space", "nCompleted": 3, "nTotal": 9, "operationUnits": "Bytes", "description": "copying",
                "created": "2026-05-20T08:00:00Z"}}])
put("volumeinfo", [{"pvcName": "data", "pvcNamespace": "shop", "pvName": "pv-1", "backupMethod": "NativeSnapshot", "result": "succeeded",
     "nativeSnapshotInfo": {"snapshotHandle": "snap-17", "volumeType": "gp3", "volumeAZ": "eu-1a", "iops": "300"}},
     {"pvName": "pv-2", "skipped": True, "skippedReason": "a policy says skip"}])
END
run "$PINTLE" backup describe b1
expect_status 0
expect_out "Backup Item Operations:  1 of 2 completed successfully, 1 failed (specify --details for more information)" \
  "Parallel files upload:  3" "Validation errors:  the sky is falling" "HooksAttempted:  4" "HooksFailed:     1" \
  "pv-1 (shop/data):  NativeSnapshot, succeeded" "skipped: a policy says skip" "    freeze:" "Label selector:  app=db" \
  "Pre Exec Hook:" "Container:  db" "Command:    fsfreeze -f" "On Error:   Fail" "Timeout:    30s"
expect_not_in out snap-17 op-1
run "$PINTLE" backup describe b1 --details
expect_status 0
expect_out "  Operation for deployments.apps shop/web:" "Backup Item Action Plugin:  example.com/copy" "Operation ID:" "op-1" "Items to Update:" \
  "      pods shop/web-0" "Operation Error:" "no space" "3 of 9 complete (Bytes)" "copying" "2026-05-20 08:00:00 +0000 UTC" \
  "Snapshot ID:" "snap-17" "gp3" "eu-1a" "    - shop/item-00"
run "$PINTLE" backup describe b1 --details -o json
expect_status 0
python3 -c 'import json
d = json.load(open("out"))
assert d["phase"] == "Completed" and d["metadata"]["name"] == "b1" and d["itemOperations"][0]["spec"]["operationID"] == "op-1", d
assert len(d["volumeInfo"]) == 2 and d["resourceList"] == {"v1/ConfigMap": ["shop/item-00", "shop/item-01"]}, d' || fail "-o json"
# Older backups lack most files.
cd "$store/backups/b1" && rm b1-itemoperations.json.gz b1-volumeinfo.json.gz b1-resource-list.json.gz b1-pintle* && cd "$work" || exit 1
run "$PINTLE" backup describe b1 --details
expect_status 0
expect_out "Backup Item Operations:" "<not found>" "Resource List:"
pass
