# namespace-mapping.sh -- namespaces mapped: items, the Namespace, subjects of bindings, claims of volumes.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
mkdir in && cat >in/all.yaml <<'END'
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {kubernetes.io/metadata.name: shop}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: a, namespace: shop}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: a, namespace: other}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reader, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{kind: ServiceAccount, name: x, namespace: shop}, {kind: ServiceAccount, name: y, namespace: other}, {kind: User, name: shop, apiGroup: rbac.authorization.k8s.io}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: viewer}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: viewer}
subjects: [{kind: ServiceAccount, name: x, namespace: shop}]
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: pv-1}
spec: {claimRef: {kind: PersistentVolumeClaim, namespace: shop, name: data, uid: "1", resourceVersion: "2"}, capacity: {storage: 1Gi}}
END
run "$PINTLE" backup create b1 --from in
expect_status 0
run "$PINTLE" restore create r1 --from-backup b1 --to to --namespace-mappings shop:shop-test
expect_status 0
cat >check.py <<'END'
import json
def load(p): return json.load(open("to/" + p))
assert load("shop-test/configmaps/a.json")["metadata"]["namespace"] == "shop-test"
assert load("other/configmaps/a.json")["metadata"]["namespace"] == "other"
ns = load("_cluster/namespaces/shop-test.json")["metadata"]
assert ns["name"] == "shop-test" and ns["labels"]["kubernetes.io/metadata.name"] == "shop-test"
rb = load("shop-test/rolebindings.rbac.authorization.k8s.io/reader.json")
assert [s.get("namespace") for s in rb["subjects"]] == ["shop-test", "other", None] and rb["subjects"][2]["name"] == "shop"
crb = load("_cluster/clusterrolebindings.rbac.authorization.k8s.io/viewer.json")
assert crb["subjects"][0]["namespace"] == "shop-test"
pv = load("_cluster/persistentvolumes/pv-1.json")["spec"]["claimRef"]
assert pv["namespace"] == "shop-test" and "uid" not in pv and "resourceVersion" not in pv
END
run python3 check.py
expect_status 0
expect_no_file to/shop
expect_no_file to/_cluster/namespaces/shop.json
gzip -dc "$store/restores/r1/restore-r1-resource-list.json.gz" >resources
expect_in resources '"v1/ConfigMap":["other/a(created)","shop-test/a(created)"]'
# what no namespace can be called is refused before anything is written
for to in "" Upper a_b _cluster .x a/b .. 'a*' x:y; do
  run "$PINTLE" restore create refused --from-backup b1 --to refused --namespace-mappings "shop:$to"
  expect_status 2
  expect_err "which shop becomes"
done
[ -z "$(find refused -type f)" ] || fail "something was written"
run "$PINTLE" restore create refused --from-backup b1 --to refused --namespace-mappings shop:a,shop:b
expect_status 2
expect_err "is a key given twice?"
pass
