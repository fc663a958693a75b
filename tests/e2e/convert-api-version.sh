# convert-api-version.sh -- the examples of plugins/restore-xform/README.md are true; a restore converts, and says what it left out.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
cp "$(find "${PLUGINS%/tests/plugins}/plugins" -name restore-xform.so | head -n 1)" plugins/ || skip "no restore-xform.so"
chmod 0644 plugins/restore-xform.so
cat >pintle.yaml <<'END'
apiVersion: pintle.io/v1alpha1
kind: PluginChain
metadata: {name: default}
spec:
  actions:
  - name: pintle.io/convert-api-version
    config:
      targetVersion: "1.32"
      versions: [{group: example.com, version: v1beta1, kind: Widget, removed: "1.20", replacement: example.com/v1}]
END
cat >examples.py <<'END'
import re, sys
text = open(sys.argv[1]).read()
found = re.findall(r"<!-- example -->\n```yaml\n(.*?)```\n```yaml\n(.*?)```\n", text, re.S)
assert len(found) == text.count("<!-- example -->") >= 4
for i, (before, after) in enumerate(found):
    open("before-%d.yaml" % i, "w").write(before)
    open("after-%d.yaml" % i, "w").write("---\n" + after)
END
run python3 examples.py "$here/../../plugins/restore-xform/README.md"
expect_status 0
for before in before-*.yaml; do
  run "$PINTLE" chain run --phase restore --action pintle.io/convert-api-version -o yaml "$before"
  expect_status 0
  diff -u "after${before#before}" out || fail "$before of the page does not become that"
done
mkdir in
cat >in/all.yaml <<'END'
apiVersion: extensions/v1beta1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: i}]}}}
---
apiVersion: policy/v1beta1
kind: PodSecurityPolicy
metadata: {name: open}
spec: {privileged: true}
END
run "$PINTLE" backup create b1 --from in
expect_status 0
run "$PINTLE" restore create r1 --from-backup b1 --to to
expect_status 0
[ -f to/shop/deployments.apps/web.json ] || fail "the Deployment is not under its new group"
[ ! -e to/_cluster/podsecuritypolicies.policy ] || fail "a PodSecurityPolicy was restored"
log_of restore r1
grep level=warning log | grep -q "pod-security.kubernetes.io/enforce=privileged" || fail "nobody says what to do instead"
sed -i 's/targetVersion: "1.32"/targetVersion: "2.1"/' pintle.yaml
run "$PINTLE" restore create r2 --from-backup b1 --to to2
expect_status 2
expect_err pintle.yaml:8: '"2.1" is no release of Kubernetes'
pass
