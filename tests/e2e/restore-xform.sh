# restore-xform.sh -- restore-xform, configured by a chain file, on a small sample.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
cp "$(find "${PLUGINS%/tests/plugins}/plugins" -name restore-xform.so | head -n 1)" plugins/ || skip "no restore-xform.so"
chmod 0644 plugins/restore-xform.so
run "$PINTLE" backup create b1 --from "$here/manifests"
expect_status 0
cat >pintle.yaml <<'END'
apiVersion: pintle.io/v1alpha1
kind: PluginChain
metadata: {name: default}
spec:
  actions:
  - name: pintle.io/resolve-references
    config:
      storageClasses: {fast: standard}
      ingressHosts: {shop.example.com: shop.example.org, hop.example.com: wrong.example.org}
      configMaps:
      - {namespace: other, name: same-*, key: of, value: other, to: the new one}
END
run "$PINTLE" restore create r1 --from-backup b1 --to to
expect_status 0
cat >check.py <<'END'
import json
def load(p): return json.load(open("to/" + p))
assert load("shop/persistentvolumeclaims/data.json")["spec"]["storageClassName"] == "standard"
assert load("_cluster/persistentvolumes/pv-1.json")["spec"]["storageClassName"] == "standard"
assert load("shop/statefulsets.apps/db.json")["spec"]["volumeClaimTemplates"][0]["spec"]["storageClassName"] == "standard"
i = load("shop/ingresses.networking.k8s.io/web.json")["spec"]
assert i["rules"][0]["host"] == "shop.example.org" and i["tls"][0]["hosts"] == ["shop.example.org"]
assert load("other/configmaps/same-name.json")["data"] == {"of": "the new one"}
assert load("shop/configmaps/same-name.json")["data"] == {"of": "shop"}
assert load("other/secrets/same-name.json")["stringData"] == {"of": "another kind"}
END
run python3 check.py
expect_status 0
log_of restore r1
grep level=warning log | grep -q hop.example.com || fail "the rule that met nothing is no warning"
run "$PINTLE" restore create r2 --from-backup b1 --to to2 --fail-on unmatched
expect_status 4
sed -i 's/storageClasses/storageClases/' pintle.yaml
run "$PINTLE" restore create r3 --from-backup b1 --to to3
expect_status 2
expect_err pintle.yaml:8:7 storageClasses
pass
