# built-in.sh -- Velero's own actions, with no plugin at all: what goes with an item, what the old cluster chose.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
mkdir in && cat >in/all.yaml <<'END'
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {type: NodePort, clusterIP: 10.0.0.7, clusterIPs: [10.0.0.7], ports: [{port: 80, nodePort: 30080, protocol: TCP}]}
---
apiVersion: v1
kind: Pod
metadata: {name: db-0, namespace: shop, uid: "1", labels: {app: db}}
spec:
  nodeName: node-1
  priority: 7
  priorityClassName: high
  containers: [{name: db, image: db}]
  volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: shop, annotations: {pv.kubernetes.io/bind-completed: "yes", keep: "1"}, labels: {velero.io/restore-name: old}}
spec: {volumeName: pv-1, dataSource: {kind: VolumeSnapshot, name: s}, resources: {requests: {storage: 1Gi}}}
status: {phase: Bound}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: pv-1}
spec: {capacity: {storage: 1Gi}, claimRef: {namespace: shop, name: data, uid: "3"}}
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: high}
value: 7
---
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1., labels: {kube-aggregator.kubernetes.io/automanaged: onstart}}
spec: {groupPriorityMinimum: 1, versionPriority: 1}
END
# only the Pod is selected; what belongs to it comes along, and takes its own with it
run "$PINTLE" backup create b1 --from in --selector app=db
expect_status 0
tar -tzf "$store/backups/b1/b1.tar.gz" | grep '^resources/.*\.json$' | grep -v preferredversion | sort >names
cat >wanted <<'END'
resources/persistentvolumeclaims/namespaces/shop/data.json
resources/persistentvolumes/cluster/pv-1.json
resources/pods/namespaces/shop/db-0.json
resources/priorityclasses.scheduling.k8s.io/cluster/high.json
END
expect_same names wanted
tar -xzOf "$store/backups/b1/b1.tar.gz" resources/persistentvolumeclaims/namespaces/shop/data.json >claim
expect_not_in claim dataSource velero.io/restore-name
expect_in claim bind-completed '"phase":"Bound"'
cat >in/accounts.yaml <<'END'
apiVersion: v1
kind: ServiceAccount
metadata: {name: runner, namespace: shop, labels: {app: runner}}
---
apiVersion: v1
kind: Secret
metadata: {name: runner-token-abcde, namespace: shop}
type: kubernetes.io/service-account-token
data: {token: dA==}
---
apiVersion: v1
kind: Secret
metadata: {name: mine, namespace: shop}
type: kubernetes.io/service-account-token
data: {token: dA==, more: dA==}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: runners}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: run}
subjects: [{kind: ServiceAccount, name: runner, namespace: shop}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: run}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: other}
END
# bindings that name the account, though nobody selected them, are looked for in all of the input
run "$PINTLE" backup create b1a --from in --selector app=runner
expect_status 0
tar -tzf "$store/backups/b1a/b1a.tar.gz" | grep '^resources/.*\.json$' | grep -v preferredversion | sort >names
cat >wanted <<'END'
resources/clusterrolebindings.rbac.authorization.k8s.io/cluster/runners.json
resources/clusterroles.rbac.authorization.k8s.io/cluster/run.json
resources/serviceaccounts/namespaces/shop/runner.json
END
expect_same names wanted
run "$PINTLE" backup create b2 --from in
expect_status 0
run "$PINTLE" restore create r2 --from-backup b2 --to to --namespace-mappings shop:test
expect_status 0
cat >check.py <<'END'
import json
def load(p): return json.load(open("to/" + p))
assert load("test/services/web.json")["spec"] == {"type": "NodePort", "ports": [{"port": 80, "protocol": "TCP"}]}
pod = load("test/pods/db-0.json")["spec"]
assert "nodeName" not in pod and "priority" not in pod and pod["priorityClassName"] == "high" and pod["volumes"]
assert load("test/persistentvolumeclaims/data.json")["metadata"]["annotations"] == {"keep": "1"}
END
run python3 check.py
expect_status 0
expect_no_file to/test/secrets/runner-token-abcde.json
expect_in to/test/secrets/mine.json more
expect_not_in to/test/secrets/mine.json '"token"'
[ -z "$(find to -path '*apiservices*' -type f)" ] || fail "an APIService that Kubernetes manages was restored"
log_of restore r2
grep 'v1\.' log | grep -q "Kubernetes makes and manages this APIService itself" || fail "the log does not say why"
run "$PINTLE" restore create r3 --from-backup b2 --to to3 --preserve-nodeports
expect_status 0
expect_in to3/shop/services/web.json 30080
# asked for by name, one of them runs alone
run "$PINTLE" chain run --phase restore --action velero.io/service in/all.yaml
expect_status 0
expect_err "6 items, 1 changed"
expect_not_in out nodePort: clusterIP
expect_out 'uid: "1"' "nodeName: node-1"
pass
