# debug.sh -- pintle debug: one file with what a helper needs, and no secret of configuration, environment, files or items.
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins good run_secretive run_fails && items 3
PLANTED_IN_ENVIRONMENT=hush-environment PLANTED_OPTION=hush-from-env
export PLANTED_IN_ENVIRONMENT PLANTED_OPTION
echo hush-from-file >file-with-a-secret
cat >in/secret.yaml <<'END'
apiVersion: v1
kind: Secret
metadata: {name: login, namespace: shop}
stringData: {password: hush-item}
END
cat >pintle.yaml <<'END'
apiVersion: pintle.io/v1alpha1
kind: PluginChain
metadata: {name: default}
spec:
  actions:
  - name: tests.pintle.io/secretive
    config:
      phrase: hush-option
      region: {fromEnv: PLANTED_OPTION}
      undeclared: hush-undeclared
      nested: {zone: north, db: {password: hush-nested}}
  - {name: tests.pintle.io/fails, config: {item: item-01}}
---
apiVersion: velero.io/v1
kind: BackupStorageLocation
metadata: {name: default, namespace: velero}
spec:
  provider: pintle.io/file
  default: true
  objectStorage: {bucket: shelf}
  config: {root: ROOT}
END
sed -i "s|ROOT|$work/stores|" pintle.yaml
cat >backup.yaml <<'END'
apiVersion: velero.io/v1
kind: Backup
metadata:
  name: b1
  annotations: {kubectl.kubernetes.io/last-applied-configuration: '{"hush-applied":1}'}
spec: {}
END
run "$PINTLE" backup create b1 -f backup.yaml --from in
expect_status 3
run "$PINTLE" restore create r1 --from-backup b1 --to to
run "$PINTLE" debug --backup b1 --restore r1 --output bundle.tar.gz
expect_status 0
expect_out "to bundle.tar.gz"
[ "$(stat -c %a bundle.tar.gz)" = 600 ] || fail "others may read the bundle"
mkdir x && tar xzf bundle.tar.gz -C x || fail "the bundle is no tarball"
if grep -r hush x; then fail "a secret is in the bundle"; fi
for f in version.json environment-names.txt plugins.json chain-backup.json chain-restore.json locations.txt missing.txt \
  backup/log.txt backup/results.json backup/resource.json backup/run.json backup/items.jsonl backup/resource-list.json \
  restore/log.txt restore/results.json restore/resource.json restore/run.json restore/items.jsonl; do expect_file "x/bundle/$f"; done
expect_in x/bundle/environment-names.txt PLANTED_IN_ENVIRONMENT
expect_in x/bundle/plugins.json "$(sha256sum <plugins/good.so | cut -c 1-64)"
expect_in x/bundle/missing.txt none
python3 - <<'END' || fail "contents of the bundle"
import json
load = lambda f: json.load(open("x/bundle/" + f))
v = load("version.json")
assert v["pintle"] and v["kernel"] and v["libc"] and v["pluginABI"], v
c = [a for a in load("chain-backup.json")["actions"] if a["action"] == "tests.pintle.io/secretive"][0]["config"]
assert c == {"phrase": "***", "region": {"fromEnv": "PLANTED_OPTION"}, "undeclared": "***",
             "nested": {"zone": "north", "db": {"password": "***"}}}, c
assert load("backup/resource.json")["status"]["phase"] == "PartiallyFailed"
assert "item-01" in json.dumps(load("backup/results.json"))
assert {p["file"] for p in load("backup/run.json")["plugins"]} >= {"good.so", "run_secretive.so"}
END
# Nothing is overwritten; a backup that is not there is an error and leaves no file; the name is Velero's.
run "$PINTLE" debug --output bundle.tar.gz
expect_status 1
run "$PINTLE" debug --backup nix --output other.tar.gz
expect_status 1
expect_no_file other.tar.gz
run "$PINTLE" debug
expect_status 0
ls | grep -Eqx 'bundle-[0-9]{4}(-[0-9]{2}){5}\.tar\.gz' || fail "the name: $(ls)"
# What cannot be had does not stand in the way.
printf 'no plugin' >plugins/broken.so && rm "$work/stores/shelf/backups/b1/b1-logs.gz"
sed -i 's/phrase: hush-option/phrase: 7/; s/tests.pintle.io\/fails/tests.pintle.io\/gone/' pintle.yaml
run "$PINTLE" debug --backup b1 --output late.tar.gz
expect_status 0
tar xzf late.tar.gz -C x
expect_in x/bundle/missing.txt "chain-backup.json: " "tests.pintle.io/gone" "backup/log.txt: "
expect_in x/bundle/plugins.json broken.so
pass
