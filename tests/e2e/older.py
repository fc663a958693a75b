# older.py -- writes a backup as an older Velero put it.  SPDX-License-Identifier: Apache-2.0
#   older.py STORE NAME [format=1|1.1.0|none] [tar=pax|ustar|gnu] [shuffle] [no=OBJECT,...] [empty=OBJECT,...] [phase=PHASE] [operation=ACTION]
# OBJECT is the end of an object's key: logs.gz, results.gz, tar.gz, velero-backup.json...
import gzip, io, json, os, random, sys, tarfile

store, name = sys.argv[1:3]
options = dict(a.partition("=")[::2] for a in sys.argv[3:])
form = options.get("format", "1.1.0")
kinds = {"pax": tarfile.PAX_FORMAT, "ustar": tarfile.USTAR_FORMAT, "gnu": tarfile.GNU_FORMAT}


def item(api, kind, ns, called, **more):
    o = {"apiVersion": api, "kind": kind, "metadata": {"name": called}}
    if ns:
        o["metadata"]["namespace"] = ns
    o["metadata"].update(more.pop("metadata", {}))
    return {**o, **more}


LONG = "a-name-as-long-as-an-operator-makes-them." * 6  # over 100 and, with its directory, over what ustar's prefix holds
items = [
    ("namespaces", "v1", item("v1", "Namespace", "", "shop")),
    ("persistentvolumes", "v1", item("v1", "PersistentVolume", "", "pv-1", spec={"persistentVolumeReclaimPolicy": "Retain"}, status={"phase": "Bound"})),
    ("configmaps", "v1", item("v1", "ConfigMap", "shop", "settings", data={"a": "1"})),
    ("pods", "v1", item("v1", "Pod", "shop", "web", metadata={"annotations": {"backup.velero.io/backup-volumes": "data", "snapshot.velero.io/data": "4711"}},
                        spec={"containers": [{"name": "c", "image": "i"}], "volumes": [{"name": "data"}]}, status={"phase": "Running"})),
    ("deployments.extensions", "v1beta1", item("extensions/v1beta1", "Deployment", "shop", "old", spec={"replicas": 1})),
    ("widgets.example.com", "v1", item("example.com/v1", "Widget", "shop", "w", spec={"size": 3})),
]
if options.get("tar") != "ustar":
    items.append(("configmaps", "v1", item("v1", "ConfigMap", "shop", LONG, data={"a": "2"})))

members = [] if form == "none" else [("metadata/version", form.encode() + b"\n")]
for resource, version, o in items:
    where = f"namespaces/{o['metadata']['namespace']}" if "namespace" in o["metadata"] else "cluster"
    text = json.dumps(o, separators=(",", ":"), sort_keys=True).encode()
    members.append((f"resources/{resource}/{where}/{o['metadata']['name']}.json", text))
    if form == "1.1.0":
        members.append((f"resources/{resource}/{version}-preferredversion/{where}/{o['metadata']['name']}.json", text))
shop = "resources/configmaps/namespaces/shop/"
if "duplicate" in options:  # what the finalizer of some version appended: the later one counts
    members.append((shop + "settings.json", json.dumps(item("v1", "ConfigMap", "shop", "settings", data={"a": "later"})).encode()))
if "stray" in options:
    members += [("README.txt", b"hello"), ("resources/notes.txt", b"hello"), (shop + "sub/dir.json", b"{}"), (shop + "no-item.txt", b"{}"),
                ("resources/configmaps/namespaces/lost.json", b"{}")]
if "versions" in options:  # EnableAPIGroupVersions: other versions beside, and an item that has no unversioned file
    scaler = "horizontalpodautoscalers.autoscaling"
    for version, mark in ("v2", "-preferredversion"), ("v1", ""):
        o = json.dumps(item("autoscaling/" + version, "HorizontalPodAutoscaler", "shop", "web", spec={"maxReplicas": 3})).encode()
        if mark:
            members.append((f"resources/{scaler}/namespaces/shop/web.json", o))
        members.append((f"resources/{scaler}/{version}{mark}/namespaces/shop/web.json", o))
    members.append((f"resources/{scaler}/v1/namespaces/shop/only-v1.json",
                    json.dumps(item("autoscaling/v1", "HorizontalPodAutoscaler", "shop", "only-v1")).encode()))
if "ark" in options:
    members = [("cluster/persistentvolumes/pv01.json", b"{}"), ("namespaces/shop/configmaps/settings.json", b"{}")]
if "shuffle" in options:
    random.Random(7).shuffle(members)

tarball = io.BytesIO()
with tarfile.open(fileobj=tarball, mode="w", format=kinds[options.get("tar", "pax")]) as tar:
    for path, data in members:
        info = tarfile.TarInfo(path)
        info.size, info.mode = len(data), 0o755
        tar.addfile(info, io.BytesIO(data))

backup = {
    "kind": "Backup", "apiVersion": "velero.io/v1",
    "metadata": {"name": name, "namespace": "velero", "selfLink": f"/apis/velero.io/v1/namespaces/velero/backups/{name}", "uid": "a12345cb-75f5-11e7-b4c2-abcdef123456",
                 "resourceVersion": "337075", "generation": 5, "creationTimestamp": "2019-07-31T13:39:15Z", "labels": {"velero.io/storage-location": "default"}},
    "spec": {"includedNamespaces": ["*"], "excludedNamespaces": None, "includedResources": ["*"], "excludedResources": None, "labelSelector": None,
             "snapshotVolumes": True, "ttl": "720h0m0s", "hooks": {"resources": None}, "storageLocation": "default", "volumeSnapshotLocations": ["default"],
             "futureField": {"a": [1, None]}},
    "status": {"version": 1, "expiration": "2019-08-30T13:39:15Z", "phase": options.get("phase", "Completed"), "validationErrors": None,
               "startTimestamp": "2019-07-31T13:39:15Z", "completionTimestamp": "2019-07-31T13:39:25Z", "volumeSnapshotsAttempted": 1,
               "volumeSnapshotsCompleted": 1, "volumeBackups": {"pv-1": {"snapshotID": "snap-1", "type": "gp2"}}},
}
if form == "1.1.0":
    backup["status"]["formatVersion"] = "1.1.0"
if backup["status"]["phase"].startswith("Waiting"):
    del backup["status"]["completionTimestamp"]
    backup["spec"]["itemOperationTimeout"] = "876000h0m0s"
    backup["status"].update(backupItemOperationsAttempted=1, progress={"totalItems": len(items), "itemsBackedUp": len(items)})
if "phase" in options and not options["phase"]:
    del backup["status"]["phase"]


def gz(value):
    return gzip.compress(value if isinstance(value, bytes) else json.dumps(value).encode() + b"\n", mtime=0)


restic = {"apiVersion": "velero.io/v1", "kind": "PodVolumeBackup", "metadata": {"name": name + "-x", "namespace": "velero"},
          "spec": {"node": "n", "pod": {"kind": "Pod", "namespace": "shop", "name": "web"}, "volume": "data", "repoIdentifier": "s3:x/restic/shop"},
          "status": {"phase": "Completed", "snapshotID": "4711"}}
# pkg/itemoperation: one that is under way, whose item is to be taken again
settings = {"Group": "", "Resource": "configmaps", "Namespace": "shop", "Name": "settings"}
operation = {"spec": {"backupName": name, "backupUID": backup["metadata"]["uid"], "backupItemAction": options.get("operation"),
                      "resourceIdentifier": settings, "operationID": "vendor/settings", "postOperationItems": [settings]},
             "status": {"phase": "InProgress", "nCompleted": 1, "nTotal": 3, "operationUnits": "files", "created": "2019-07-31T13:39:20Z",
                        "started": "2019-07-31T13:39:20Z"}}
objects = {
    "velero-backup.json": json.dumps(backup, indent=2).encode() + b"\n",
    f"{name}.tar.gz": gz(tarball.getvalue()),
    f"{name}-logs.gz": gz(b'time="2019-07-31T13:39:15Z" level=info msg="Backing up 6 items" backup=velero/x logSource="pkg/backup/backup.go:1"\n'),
    f"{name}-volumesnapshots.json.gz": gz([{"spec": {"backupName": name, "backupUID": "u", "location": "default", "persistentVolumeName": "pv-1",
                                                     "providerVolumeID": "vol-1", "volumeType": "gp2"}, "status": {"providerSnapshotID": "snap-1", "phase": "Completed"}}]),
    f"{name}-podvolumebackups.json.gz": gz([restic]),
    f"{name}-resource-list.json.gz": gz({"v1/ConfigMap": ["shop/settings"]}),
    f"{name}-csi-volumesnapshots.json.gz": gz(None),
    f"{name}-csi-volumesnapshotcontents.json.gz": gz([]),
    f"{name}-csi-volumesnapshotclasses.json.gz": gz([]),
    f"{name}-itemoperations.json.gz": gz([operation] if "operation" in options else []),
    f"{name}-volumeinfo.json.gz": gz({"volumes": [{"pvName": "pv-1", "skipped": True, "skippedReason": "x"}]}),
    f"{name}-results.gz": gz({"errors": {}, "warnings": {}}),
}
missing, hollow = (tuple(options.get(k, "").split(",")) if options.get(k) else () for k in ("no", "empty"))
os.makedirs(os.path.join(store, "backups", name), exist_ok=True)
for key, data in objects.items():
    if missing and key.endswith(missing):
        continue
    with open(os.path.join(store, "backups", name, key), "wb") as f:
        f.write(b"" if hollow and key.endswith(hollow) else data)
for key in "metadata/revision", "restic/shop/config":
    os.makedirs(os.path.join(store, os.path.dirname(key)), exist_ok=True)
    open(os.path.join(store, key), "w").close()
