# check_layout.py -- the objects of a backup and a restore against Velero's layout.  SPDX-License-Identifier: Apache-2.0
#   check_layout.py STORE BACKUP RESTORE ITEMS
import datetime, gzip, hashlib, json, os, re, sys, tarfile

store, b, r, count = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
bad = []


def check(what, true):
    if not true:
        bad.append(what)


def unzip(path):
    with open(os.path.join(store, path), "rb") as f:
        data = f.read()
    text = gzip.decompress(data).decode()
    check(f"{path} ends with a line feed", text.endswith("\n"))
    return text


def load(path):
    return json.loads(unzip(path))


tops = set(os.listdir(store))
check(f"top level is Velero's: {tops}", tops <= {"backups", "restores", "restic", "metadata", "plugins", "kopia"})
names = {"velero-backup.json", f"{b}.tar.gz", f"{b}-logs.gz", f"{b}-resource-list.json.gz", f"{b}-results.gz", f"{b}-volumesnapshots.json.gz",
         f"{b}-podvolumebackups.json.gz", f"{b}-itemoperations.json.gz", f"{b}-volumeinfo.json.gz", f"{b}-pintle.json.gz",
         f"{b}-pintle-items.jsonl.gz"}
check(f"objects of the backup: {set(os.listdir(f'{store}/backups/{b}')) ^ names}", set(os.listdir(f"{store}/backups/{b}")) == names)
names = {f"restore-{r}-logs.gz", f"restore-{r}-results.gz", f"restore-{r}-resource-list.json.gz", f"restore-{r}-itemoperations.json.gz",
         f"{r}-volumeinfo.json.gz", f"restore-{r}-pintle.json.gz", f"restore-{r}-pintle-items.jsonl.gz"}
have = set(os.listdir(f"{store}/restores/{r}"))
check(f"objects of the restore: {have ^ names}", names <= have)

# the Backup
with open(f"{store}/backups/{b}/velero-backup.json") as f:
    text = f.read()
backup = json.loads(text)
check("velero-backup.json is pretty and ends with a line feed", text.startswith('{\n  "') and text.endswith("\n}\n"))
check("apiVersion and kind", (backup["apiVersion"], backup["kind"]) == ("velero.io/v1", "Backup"))
meta, spec, status = backup["metadata"], backup["spec"], backup["status"]
check("metadata.name", meta["name"] == b and meta["namespace"] == "velero")
check("labels", meta["labels"].get("velero.io/storage-location") == "default" and meta["labels"].get("team") == "shop")
check("spec", spec["storageLocation"] == "default" and spec["ttl"] == "48h0m0s" and "hooks" in spec and "metadata" in spec)
check("status.phase", status["phase"] == "Completed")
check("status.version", status["version"] == 1 and status["formatVersion"] == "1.1.0")
check("status.progress", status["progress"] == {"totalItems": count, "itemsBackedUp": count})
stamp = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
for k in ("startTimestamp", "completionTimestamp", "expiration"):
    check(f"status.{k}", stamp.fullmatch(status[k]))
start, end = (datetime.datetime.strptime(status[k], "%Y-%m-%dT%H:%M:%SZ") for k in ("startTimestamp", "expiration"))
check("expiration is start and ttl", end - start == datetime.timedelta(hours=48))

# the tarball
with open(f"{store}/backups/{b}/{b}.tar.gz", "rb") as f:
    check("gzip magic", f.read(2) == b"\x1f\x8b")
paths = {}
with tarfile.open(f"{store}/backups/{b}/{b}.tar.gz") as tar:
    for i, e in enumerate(tar):
        if i == 0:
            check("the first entry is metadata/version", e.name == "metadata/version" and tar.extractfile(e).read() == b"1.1.0\n")
        check(f"{e.name} is a regular file, 0755, of nobody", e.type == tarfile.REGTYPE and e.mode == 0o755 and (e.uid, e.gid, e.uname, e.gname) == (0, 0, "", ""))
        check(f"{e.name} has the run's start as its time", 0 <= e.mtime - start.replace(tzinfo=datetime.timezone.utc).timestamp() <= 1)  # rounded
        check(f"{e.name} is there once", e.name not in paths)
        paths[e.name] = tar.extractfile(e).read()
plain = [p for p in paths if re.fullmatch(r"resources/[^/]+/(namespaces/[^/]+|cluster)/[^/]+\.json", p)]
check(f"{len(plain)} items", len(plain) == count)
for p in plain:
    item = json.loads(paths[p], parse_float=str, parse_int=str)
    group, _, version = item["apiVersion"].rpartition("/")
    resource = p.split("/")[1]
    check(f"{p} is compact, its keys sorted", paths[p].startswith(b'{"apiVersion":"') or not paths[p].endswith(b"\n"))
    check(f"{p}: no line feed at its end", not paths[p].endswith(b"\n"))
    check(f"{p}: group", resource.partition(".")[2] == group)
    twin = p.replace(f"resources/{resource}/", f"resources/{resource}/{version}-preferredversion/")
    check(f"{p} has a twin under its version", paths.get(twin) == paths[p])
    where = "cluster" if p.split("/")[2] == "cluster" else f"namespaces/{item['metadata'].get('namespace', 'default')}"
    name = item["metadata"]["name"]
    if len(name) > 250:
        name = f"{name[:200]}~{hashlib.sha256(name.encode()).hexdigest()[:12]}"
    check(f"{p}: {where}/{name}", p == f"resources/{resource}/{where}/{name}.json")
check("nothing but version, items and twins", len(paths) == 1 + 2 * count)

# the other objects
resources = load(f"backups/{b}/{b}-resource-list.json.gz")
check("resource list: keys", {"apps/v1/Deployment", "v1/Namespace", "example.com/v1/Widget"} <= set(resources) and list(resources) == sorted(resources))
check("resource list: values", resources["v1/Namespace"] == ["other", "shop"] and resources["apps/v1/Deployment"] == ["shop/web"])
check("resource list: sorted", all(v == sorted(v) for v in resources.values()) and sum(map(len, resources.values())) == count)
results = load(f"backups/{b}/{b}-results.gz")
check(f"results: {results}", set(results) == {"errors", "warnings"} and results["errors"] == {})
check("volume snapshots", unzip(f"backups/{b}/{b}-volumesnapshots.json.gz") == "null\n")
check("pod volume backups", unzip(f"backups/{b}/{b}-podvolumebackups.json.gz") == "null\n")
check("item operations", unzip(f"backups/{b}/{b}-itemoperations.json.gz") == "[]\n")
volumes = load(f"backups/{b}/{b}-volumeinfo.json.gz")
check(f"volume info has a line for the volume: {volumes}", [v.get("pvName") for v in volumes] == ["pv-1"] and volumes[0].get("skipped") and volumes[0].get("skippedReason"))
check("volume info names the claim", volumes and volumes[0].get("pvcName") == "data" and volumes[0].get("pvcNamespace") == "shop")
log = unzip(f"backups/{b}/{b}-logs.gz")
line = re.compile(r'time="[^"]+" level=(info|warning|error|debug) msg="(?:[^"\\]|\\.)*"( \w+=("(?:[^"\\]|\\.)*"|[^ "]+))* ?')
for text in log.splitlines():
    check(f"log line: {text}", line.fullmatch(text))
check("log lines name the backup", f"backup=velero/{b}" in log)
manifest = load(f"backups/{b}/{b}-pintle.json.gz")
check("manifest: head", manifest["kind"] == "BackupManifest" and manifest["plugins"][0]["file"] == "good.so" and len(manifest["plugins"][0]["sha256"]) == 64)
check("manifest: items", {i["path"] for i in manifest["items"]} == set(paths) - {"metadata/version"} or {i["path"] for i in manifest["items"]} == set(paths))

# the restore
resources = load(f"restores/{r}/restore-{r}-resource-list.json.gz")
check("restored: namespaces", resources["v1/Namespace"] == ["other(created)", "shop(created)"])
check("restored: deployment", resources["apps/v1/Deployment"] == ["shop/web(created)"])
results = load(f"restores/{r}/restore-{r}-results.gz")
check(f"results of the restore: {results}", set(results) == {"errors", "warnings"} and results["errors"] == {})
check("item operations of the restore", load(f"restores/{r}/restore-{r}-itemoperations.json.gz") == [])
check("volume info of the restore", isinstance(load(f"restores/{r}/{r}-volumeinfo.json.gz"), list))
check("log of the restore", f"restore=velero/{r}" in unzip(f"restores/{r}/restore-{r}-logs.gz"))
for line in bad:
    print(line)
sys.exit(1 if bad else 0)
