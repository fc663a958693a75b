# report.sh -- --report: what a run did to each item, as JSON and as a page; secrets in neither; restore report from Velero's log.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
unset PINTLE_PLUGIN_DIR # restore-xform, beside the program
mkdir in
cat >in/all.yaml <<'END'
apiVersion: v1
kind: ConfigMap
metadata: {name: "a", namespace: shop}
data: {URL: "https://old.example.com/", "</script><script>alert(1)</script>": "<b>"}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: shop}
spec: {storageClassName: gp2}
---
apiVersion: v1
kind: Secret
metadata: {name: s, namespace: shop, annotations: {kubectl.kubernetes.io/last-applied-configuration: '{"stringData":{"p":"swordfish"}}'}}
stringData: {p: swordfish}
END
cat >pintle.yaml <<'END'
apiVersion: pintle.io/v1alpha1
kind: PluginChain
metadata: {name: default}
spec:
  actions:
  - name: pintle.io/resolve-references
    config:
      storageClasses:
        gp2: standard
        never: other
      configMaps:
      - {key: URL, pattern: "old", to: new}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: modify, namespace: velero}
data:
  rules.yaml: |
    version: v1
    resourceModifierRules:
    - conditions: {groupResource: secrets}
      patches: [{operation: replace, path: /stringData/p, value: tunafish}]
END
run "$PINTLE" backup create b1 --from in
expect_status 0
run "$PINTLE" restore create r1 --from-backup b1 --to target --dry-run --report r.json --resource-modifier-configmap modify --namespace-mappings shop:new
expect_status 0
expect_err "Report written to r.json"
expect_no_file target
cat >"$work/check.py" <<'END'
import json, sys
d = json.load(open(sys.argv[1]))
assert (d["apiVersion"], d["kind"], d["run"]["kind"], d["run"]["name"], d["run"]["dryRun"]) == ("pintle.io/v1alpha1", "Report", "Restore", "r1", True), d["run"]
assert d["run"]["source"] == "b1" and d["run"]["namespaceMapping"] == {"shop": "new"}, d["run"]
assert d["run"]["next"].startswith("pintle ") and "--dry-run" not in d["run"]["next"] and "--report" not in d["run"]["next"], d["run"]["next"]
assert any(p["name"] == "restore-xform" and len(p["sha256"]) == 64 for p in d["run"]["plugins"]), d["run"]["plugins"]
assert d["totals"]["items"] == 3 == len(d["items"]), d["totals"]
rules = {r["rule"]: r for r in d["rules"] if r["action"] == "pintle.io/resolve-references"}
assert rules["storageClasses: gp2 -> standard"]["count"] == 1 and rules["storageClasses: gp2 -> standard"]["place"] == "pintle.yaml:9:14", rules
assert rules["storageClasses: never -> other"]["count"] == 0 and rules["storageClasses: never -> other"]["place"] == "pintle.yaml:10:16", rules
changes = {(i["resource"], c["path"]): c for i in d["items"] for a in i["actions"] for c in a.get("changes", [])}
claim = changes["persistentvolumeclaims", "/spec/storageClassName"]
assert (claim["old"], claim["new"], claim["why"]) == ("gp2", "standard", "storageClasses: gp2 -> standard"), claim
url = changes["configmaps", "/data/URL"]
assert (url["old"], url["new"]) == ("https://old.example.com/", "https://new.example.com/"), url
secret = changes["secrets", "/stringData/p"]
assert (secret["old"], secret["new"]) == ("(redacted)", "(redacted)"), secret
assert any(l["level"] == "warning" and "never matched" in l["message"] for l in d["log"]), d["log"]
END
python3 "$work/check.py" r.json || fail "r.json"
run "$PINTLE" restore create r1 --from-backup b1 --to target --dry-run --report r.html --resource-modifier-configmap modify --namespace-mappings shop:new --fail-on unmatched
expect_status 4
for f in r.json r.html; do if grep -q -e swordfish -e tunafish -e c3dvcmRmaXNo $f; then fail "$f holds a Secret's value"; fi; done
# The page: no markup of others, and the same data.
if grep -q '<script>alert' r.html; then fail "r.html has a script of an item"; fi
if grep -qE '(src|href)=.?https?:' r.html; then fail "r.html asks the network"; fi
python3 - <<'END' || fail "the data in r.html"
import json, re
page = open("r.html").read()
data = json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.S).group(1))
same = json.load(open("r.json"))
assert [i["name"] for i in data["items"]] == [i["name"] for i in same["items"]] and data["rules"] == same["rules"]
END
run "$PINTLE" restore create r1 --from-backup b1 --to target --report r.json
expect_status 0
python3 -c 'import json; d = json.load(open("r.json")); assert not d["run"]["dryRun"] and d["run"]["next"] == "kubectl apply -R -f target" and d["totals"]["created"] == 3, d' || fail "after a run"

# What cannot be written is told before anything is done.
for f in r.txt no/r.html .; do
  run "$PINTLE" restore create r2 --from-backup b1 --to target2 --report $f
  expect_status 2
  expect_err "--report $f"
  expect_no_file target2
done
run "$PINTLE" chain run --phase restore --report c.json --fail-on unmatched -o json in
expect_status 4
python3 -c 'import json; d = json.load(open("c.json")); assert len(d["items"]) == 3 and d["run"]["kind"] == "Chain run", d' || fail "chain run"

# Velero's log, as text and as JSON
cat >velero.log <<'END'
time="2026-05-20T08:00:00Z" level=info msg="Starting restore" logSource="x.go:1" restore=velero/r9
time="2026-05-20T08:00:01Z" level=info msg="replace /spec/storageClassName" action=pintle.io/resolve-references event=change name=data namespace=shop op=replace path=/spec/storageClassName plugin=restore-xform@0.1.0 resource=persistentvolumeclaims restore=velero/r9 value="\"standard\"" why="storageClasses: gp2 -> standard"
time="2026-05-20T08:00:01Z" level=info msg="storageClasses: gp2 -> standard" action=pintle.io/resolve-references count=1 counter="storageClasses: gp2 -> standard" event=count name=data namespace=shop resource=persistentvolumeclaims
time="2026-05-20T08:00:01Z" level=info msg="still names old.example.com" action=pintle.io/resolve-references code=unresolved event=finding name=a namespace=shop path=/data/URL resource=configmaps severity=warn
time="2026-05-20T08:00:02Z" level=error msg="it failed: \"quoted\"\nand more" name=x namespace=shop resource=pods
{"level":"info","msg":"storageClasses: gp2 -> standard","action":"pintle.io/resolve-references","event":"count","counter":"storageClasses: gp2 -> standard","count":"2"}
rubbish
END
gzip -k velero.log
for f in velero.log velero.log.gz; do
  run "$PINTLE" restore report --log $f --report v.json --fail-on unresolved
  expect_status 4
  expect_out "2 items, 1 change, 1 finding (1 unresolved), 0 skipped; 1 error, 0 warnings."
  python3 - <<'END' || fail "the report of $f"
import json
d = json.load(open("v.json"))
assert d["items"][0]["actions"][0]["changes"] == [{"op": "replace", "path": "/spec/storageClassName", "new": "standard", "why": "storageClasses: gp2 -> standard"}], d["items"]
assert d["items"][1]["actions"][0]["findings"] == [{"severity": "warn", "code": "unresolved", "at": "/data/URL", "text": "still names old.example.com"}], d["items"]
assert d["rules"][0]["count"] == 3, d["rules"]
assert d["log"] == [{"level": "error", "resource": "pods", "namespace": "shop", "name": "x", "message": 'it failed: "quoted"\nand more'}], d["log"]
END
done
: >empty.log && head -c 3000 /dev/urandom >garbage.log
for f in empty.log garbage.log; do
  run "$PINTLE" restore report --log $f --report none.json
  expect_status 2
  expect_err "$f holds no line of Velero's log"
  expect_no_file none.json
done
run "$PINTLE" restore report --log velero.log
expect_status 2
expect_err "--report is missing"
pass
