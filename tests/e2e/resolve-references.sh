# resolve-references.sh -- the examples of plugins/restore-xform/README.md are true; names follow the Restore's namespaces.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
cp "$(find "${PLUGINS%/tests/plugins}/plugins" -name restore-xform.so | head -n 1)" plugins/ || skip "no restore-xform.so"
chmod 0644 plugins/restore-xform.so
cat >examples.py <<'END'
import re, sys
text = open(sys.argv[1]).read()
mark, block = "<!-- example: configuration, before, after -->\n", r"```yaml\n(.*?)```\n"
found = re.findall(mark + 3 * block, text, re.S)
assert len(found) == text.count(mark) >= 15
for i, (config, before, after) in enumerate(found):
    open("before-%d.yaml" % i, "w").write(before)
    open("after-%d.yaml" % i, "w").write("---\n" + after)
    with open("chain-%d" % i, "w") as f:
        f.write("apiVersion: pintle.io/v1alpha1\nkind: PluginChain\nmetadata: {name: default}\nspec:\n  actions:\n"
                "  - name: pintle.io/resolve-references\n    config:\n" + "".join("      " + line + "\n" for line in config.splitlines()))
# every option of the action stands in an example
options = set(re.findall(r'"(\w+)", "[^"]', open(sys.argv[2]).read().split("OPTION(o_rules")[1].split("static const pintle_option *const")[0]))
options -= {"ingressHosts", "configMaps", "text", "unresolved", "known"}  # an older name, and what other examples show
shown = set(re.findall(r"^(?:- |  )?(\w+):", "\n".join(f[0] for f in found), re.M))
assert options <= shown, options - shown
END
run python3 examples.py "$here/../../plugins/restore-xform/README.md" "$here/../../plugins/restore-xform/plugin.c"
expect_status 0
for before in before-*.yaml; do
  n=${before#before-}
  cp "chain-${n%.yaml}" pintle.yaml
  run "$PINTLE" chain run --phase restore --action pintle.io/resolve-references -o yaml "$before"
  expect_status 0
  diff -u "after-$n" out || fail "$before of the page does not become that"
done
# Standalone: the Restore's mapping is followed where an item names a namespace, and the host maps the rest once
mkdir in
cat >in/all.yaml <<'END'
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: b, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}
subjects:
- {kind: ServiceAccount, name: web, namespace: shop}
- {apiGroup: rbac.authorization.k8s.io, kind: User, name: "system:serviceaccount:shop:web"}
---
apiVersion: v1
kind: Service
metadata: {name: s, namespace: shop}
spec: {type: ExternalName, externalName: db.shop.svc.cluster.local}
END
cat >pintle.yaml <<'END'
apiVersion: pintle.io/v1alpha1
kind: PluginChain
metadata: {name: default}
spec: {actions: [{name: pintle.io/resolve-references}]}
END
run "$PINTLE" backup create b1 --from in
expect_status 0
run "$PINTLE" restore create r1 --from-backup b1 --namespace-mappings shop:shop2 --to to
expect_status 0
cat >check.py <<'END'
import json
def load(p): return json.load(open("to/shop2/" + p))
assert [s.get("namespace") for s in load("rolebindings.rbac.authorization.k8s.io/b.json")["subjects"]] == ["shop2", None]
assert load("rolebindings.rbac.authorization.k8s.io/b.json")["subjects"][1]["name"] == "system:serviceaccount:shop2:web"
assert load("services/s.json")["spec"]["externalName"] == "db.shop2.svc.cluster.local"
END
run python3 check.py
expect_status 0
pass
