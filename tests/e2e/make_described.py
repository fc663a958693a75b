"""make_described.py DIR NAME -- makes of pintle's backup in DIR one that has everything a backup of Velero's may have.

SPDX-License-Identifier: Apache-2.0
"""

import gzip
import json
import sys

directory, name = sys.argv[1:]
path = directory + "/velero-backup.json"
with open(path) as f:
    b = json.load(f)
b["metadata"].setdefault("annotations", {})["velero.io/global-backup-volume-policy-configmap"] = "global"
b["metadata"]["labels"] = {"z": "1", "a": "<&>"}
b["status"].update({"backupItemOperationsAttempted": 2, "backupItemOperationsCompleted": 1, "backupItemOperationsFailed": 1, "errors": 1, "warnings": 2,
                    "hookStatus": {"hooksAttempted": 4, "hooksFailed": 1}, "validationErrors": ["the sky is falling"]})
b["spec"].update({"ttl": "72h", "snapshotVolumes": False, "excludedNamespaces": ["kube-system", "b"], "includedResources": ["pods"],
                  "includeClusterResources": True, "resourcePolicy": {"kind": "configmap", "name": "p"}, "datamover": "theirs",
                  "labelSelector": {"matchLabels": {"app": "db"}, "matchExpressions": [{"key": "t", "operator": "In", "values": ["b", "a"]}]},
                  "orderedResources": {"pods": "shop/a,shop/b"},
                  "hooks": {"resources": [
                      {"name": "freeze", "includedNamespaces": ["shop"], "labelSelector": {"matchLabels": {"app": "db"}},
                       "pre": [{"exec": {"container": "db", "command": ["fsfreeze", "-f"], "onError": "Fail", "timeout": "30s"}}]},
                      {"name": "none", "excludedResources": ["pods"]}]}})
with open(path, "w") as f:
    json.dump(b, f)


def put(what, value):
    with gzip.open(f"{directory}/{name}-{what}.gz", "wt") as f:
        f.write(json.dumps(value) + "\n")


def pod_volume(pod, volume, phase, total=0, done=0, more=0):
    return {"metadata": {"name": volume}, "spec": {"uploaderType": "kopia", "pod": {"namespace": "shop", "name": pod}, "volume": volume},
            "status": {"phase": phase, "incrementalBytes": more, "progress": {"totalBytes": total, "bytesDone": done}}}


put("results", {"errors": {"namespaces": {"shop": ["no"]}}, "warnings": {"velero": ["one"], "cluster": ["two"]}})
put("itemoperations.json", [
    {"spec": {"backupName": name, "backupUID": "u", "backupItemAction": "example.com/copy", "operationID": "op-1",
              "resourceIdentifier": {"Group": "apps", "Resource": "deployments", "Namespace": "shop", "Name": "web"},
              "postOperationItems": [{"Group": "", "Resource": "pods", "Namespace": "shop", "Name": "web-0"}]},
     "status": {"phase": "Failed", "error": "no space", "nCompleted": 3, "nTotal": 9, "operationUnits": "Bytes", "description": "copying",
                "created": "2026-05-20T08:00:00Z"}}])
put("volumeinfo.json", [
    {"pvcName": "data", "pvcNamespace": "shop", "pvName": "pv-1", "backupMethod": "NativeSnapshot", "result": "succeeded",
     "nativeSnapshotInfo": {"snapshotHandle": "snap-17", "volumeType": "gp3", "volumeAZ": "eu-1a", "iops": "300"}},
    {"pvName": "pv-2", "skipped": True, "skippedReason": "a policy says skip"},
    {"pvcName": "csi", "pvcNamespace": "shop", "backupMethod": "CSISnapshot", "preserveLocalSnapshot": True, "result": "failed",
     "csiSnapshotInfo": {"snapshotHandle": "h", "size": 5368709120, "driver": "csi.example.com", "vscName": "vsc-1", "operationID": "op-2"}},
    {"pvcName": "moved", "pvcNamespace": "shop", "backupMethod": "CSISnapshot", "snapshotDataMoved": True, "result": "succeeded",
     "snapshotDataMovementInfo": {"dataMover": "", "uploaderType": "kopia", "snapshotHandle": "x", "operationID": "op-3", "size": 7}},
    {"pvcName": "both", "pvcNamespace": "shop", "backupMethod": "CSISnapshot", "preserveLocalSnapshot": True, "snapshotDataMoved": True,
     "csiSnapshotInfo": {"snapshotHandle": "i", "size": 1, "driver": "csi.example.com", "vscName": "vsc-2"},
     "snapshotDataMovementInfo": {"dataMover": "other", "uploaderType": "kopia", "operationID": "op-4"}},
    {"pvName": "pv-3", "backupMethod": "PodVolumeBackup", "result": "succeeded"}])
put("podvolumebackups.json", [pod_volume("a", "v1", "Completed", 10, 10), pod_volume("a", "v2", "Completed", 10, 10, 4), pod_volume("b", "v3", "Completed"),
                              pod_volume("b", "v4", "InProgress", 3, 1), pod_volume("c", "v5", ""), pod_volume("c", "v6", "Failed")])
