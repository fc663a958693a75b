# existing-account.sh -- a ServiceAccount that is there gets what it lacks, whatever the policy; what it has stays.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
mkdir in
cat >in/a.yaml <<'END'
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {from: backup}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: robot, namespace: shop, labels: {a: stored, b: stored}, annotations: {x: stored}}
secrets: [{name: one}, {name: two}]
imagePullSecrets: [{name: pull}]
END
run "$PINTLE" backup create b1 --from in
expect_status 0
mkdir -p to/shop/serviceaccounts to/_cluster/namespaces
cat >to/shop/serviceaccounts/robot.json <<'END'
{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "robot", "namespace": "shop", "uid": "u-1", "labels": {"a": "mine"}},
 "secrets": [{"name": "two", "namespace": "mine"}], "automountServiceAccountToken": false}
END
echo '{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"shop","labels":{"mine":"1"}}}' >to/_cluster/namespaces/shop.json
cp to/_cluster/namespaces/shop.json mine
run "$PINTLE" restore create r1 --from-backup b1 --to to --existing-resource-policy none
expect_status 0
expect_same mine to/_cluster/namespaces/shop.json
python3 - <<'END' || fail "the ServiceAccount is not merged"
import json
have = json.load(open("to/shop/serviceaccounts/robot.json"))
want = {"apiVersion": "v1", "kind": "ServiceAccount", "automountServiceAccountToken": False,
        "metadata": {"name": "robot", "namespace": "shop", "uid": "u-1", "labels": {"a": "mine", "b": "stored"}, "annotations": {"x": "stored"}},
        "secrets": [{"name": "two", "namespace": "mine"}, {"name": "one"}], "imagePullSecrets": [{"name": "pull"}]}
assert have == want, have
END
expect_out "1 updated" "0 warnings"
cp to/shop/serviceaccounts/robot.json merged
run "$PINTLE" restore create r2 --from-backup b1 --to to
expect_status 0
expect_out "0 updated"
expect_same merged to/shop/serviceaccounts/robot.json
pass
