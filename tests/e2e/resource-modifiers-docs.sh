# resource-modifiers-docs.sh -- the example of docs/resource-modifiers.md does what the page says.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
sed -n '/^```yaml/,/^```/p' "$here/../../docs/resource-modifiers.md" | grep -v '^```' >modifiers.yaml
cat >in.yaml <<'END'
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: orders-1, namespace: shop}
spec: {storageClassName: gp2}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: orders-2, namespace: shop}
spec: {storageClassName: other}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop, labels: {tier: web}, annotations: {example.com/old: x, example.com/new: y}}
spec: {replicas: 3, template: {spec: {containers: [{name: side}, {name: app, image: i}]}}}
END
run "$PINTLE" backup create b1 --from in.yaml
expect_status 0
run "$PINTLE" restore create r1 --from-backup b1 --to to --resource-modifier-configmap modifiers.yaml
expect_status 0
value() { python3 -c 'import json,sys; v=json.load(open("to/shop/" + sys.argv[1])); print(eval(sys.argv[2]))' "$@"; }
[ "$(value persistentvolumeclaims/orders-1.json 'v["spec"]["storageClassName"]')" = standard ] || fail "the claim has its old class"
[ "$(value persistentvolumeclaims/orders-2.json 'v["spec"]["storageClassName"]')" = other ] || fail "a claim of another class was changed"
[ "$(value deployments.apps/web.json 'v["spec"]["replicas"], list(v["metadata"]["annotations"])')" = "(1, ['example.com/new'])" ] || fail "merge patch"
[ "$(value deployments.apps/web.json 'v["spec"]["template"]["spec"]["containers"]')" = \
  "[{'name': 'side'}, {'name': 'app', 'image': 'i', 'imagePullPolicy': 'Always'}]" ] || fail "strategic patch"
pass
