# cli-lists.sh -- -o json and -o yaml say apiVersion and kind, in every list.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins good && items 2
run "$PINTLE" backup create b1 --from in
run "$PINTLE" restore create r1 --from-backup b1 --to to
list() { # APIVERSION KIND ITEMS WORD...
  version=$1 kind=$2 n=$3 && shift 3
  run "$PINTLE" "$@" -o json
  expect_status 0
  python3 - "$version" "$kind" "$n" <<'END' || fail "$* -o json"
import json, sys
d = json.load(open("out"))
assert [d["apiVersion"], d["kind"]] == sys.argv[1:3], d
assert len(d["items"]) == int(sys.argv[3]), len(d["items"])
assert all("apiVersion" in i and "kind" in i for i in d["items"])
END
  run "$PINTLE" "$@" -o yaml
  expect_status 0
  expect_out "apiVersion: $version" "kind: $kind"
}
list velero.io/v1 BackupList 1 backup get
list velero.io/v1 RestoreList 1 restore get
list velero.io/v1 BackupStorageLocationList 1 backup-location get
list velero.io/v1 VolumeSnapshotLocationList 0 snapshot-location get
list pintle.io/v1alpha1 PluginList 1 plugin list
list pintle.io/v1alpha1 ChainEntryList 4 chain show # three are built in
run "$PINTLE" backup get b1 -o json
python3 -c 'import json; assert json.load(open("out"))["kind"] == "Backup"' || fail "one backup by its name is no list"
run "$PINTLE" plugin inspect good -o json
python3 -c 'import json; d = json.load(open("out")); assert d["kind"] == "Plugin" and len(d["sha256"]) == 64 and d["actions"]' || fail "plugin inspect -o json"
run "$PINTLE" version -o json
python3 -c 'import json; assert json.load(open("out"))["pluginABI"] == "1.0"' || fail "version -o json"
pass
