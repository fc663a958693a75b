# volume-policies.sh -- volume policies are read strictly, and plugins hear what they say of each volume.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins run_volume_action
mkdir in
cat >in/items.yaml <<'END'
apiVersion: v1
kind: PersistentVolume
metadata: {name: pv-fast}
spec: {capacity: {storage: 10Gi}, storageClassName: fast, csi: {driver: disks}, claimRef: {namespace: shop, name: data}}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: pv-nfs}
spec: {capacity: {storage: 1Ti}, nfs: {server: s, path: /a}}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: pv-free}
spec: {capacity: {storage: 200Gi}, csi: {driver: disks}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: shop, labels: {tier: db}}
spec: {volumeName: pv-fast}
status: {phase: Bound}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: waiting, namespace: shop}
status: {phase: Pending}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  volumes:
  - {name: data, persistentVolumeClaim: {claimName: data}}
  - {name: cache, emptyDir: {}}
  - {name: conf, configMap: {name: x}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: none, namespace: shop}
END
cat >rules.yaml <<'END'
version: v1
volumePolicies:
- conditions: {pvcLabels: {tier: db}, capacity: "5Gi,"}
  action: {type: custom, parameters: {mover: fast, level: 3}}
- conditions: {capacity: "0,100Gi", csi: {driver: disks}}
  action: {type: snapshot}
- conditions: {volumeTypes: [nfs]}
  action: {type: skip}
- conditions: {volumeTypes: [emptyDir]}
  action: {type: fs-backup}
- conditions: {pvcPhase: [Pending]}
  action: {type: skip}
END
says() { # ITEM ANNOTATIONS
  tar -xzOf "$store/backups/$name/$name.tar.gz" "resources/$1.json" >item || fail "no $1"
  expect_in item "\"annotations\":$2"
}
check() {
  name=$1
  says persistentvolumes/cluster/pv-fast '{"action":"custom","parameters":"{\"mover\":\"fast\",\"level\":3}"}'
  says persistentvolumes/cluster/pv-nfs '{"action":"skip","parameters":""}'
  says persistentvolumes/cluster/pv-free '{"action":"","parameters":""}'
  says persistentvolumeclaims/namespaces/shop/data '{"action":"custom","parameters":"{\"mover\":\"fast\",\"level\":3}"}'
  says persistentvolumeclaims/namespaces/shop/waiting '{"action":"skip","parameters":""}'
  says pods/namespaces/shop/web '{"action":"data=custom,cache=fs-backup","parameters":""}'
  says configmaps/namespaces/shop/none '{"action":"","parameters":""}'
}
run "$PINTLE" backup create b1 --from in --resource-policies-configmap rules.yaml
expect_status 0
check b1
expect_in "$store/backups/b1/velero-backup.json" '"kind": "configmap"' '"name": "rules.yaml"'
run "$PINTLE" backup create b2 --from in --resource-policies-configmap rules.yaml --concurrency 0
expect_status 0
check b2

# the same from a ConfigMap of the configuration
{ printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: rules}\ndata:\n  rules: |\n'; sed 's/^/    /' rules.yaml; } >pintle.yaml
run "$PINTLE" backup create b3 --from in --resource-policies-configmap rules
expect_status 0
check b3

# no policies: nothing is said
run "$PINTLE" backup create b4 --from in
expect_status 0
name=b4
says persistentvolumes/cluster/pv-fast '{"action":"","parameters":""}'

# strict: file, line, nearest word; nothing is written
sed 's/type: fs-backup/type: fs-bakup/' pintle.yaml >bad.yaml
run "$PINTLE" backup create b5 --from in --config bad.yaml --resource-policies-configmap rules
expect_status 2
expect_err 'bad.yaml:15:' 'fs-bakup' 'did you mean "fs-backup"?'
expect_no_file "$store/backups/b5"
run "$PINTLE" backup create b5 --from in --resource-policies-configmap ruels
expect_status 2
expect_err 'no ConfigMap named "ruels"' 'did you mean "rules"?'

# includeExcludePolicy: adds to the new filters, the spec wins; not with the old ones
printf 'version: v1\nincludeExcludePolicy: {includedNamespaceScopedResources: [pods, configmaps], excludedClusterScopedResources: [pv]}\n' >ie.yaml
run "$PINTLE" backup create b6 --from in --resource-policies-configmap ie.yaml --exclude-namespace-scoped-resources configmaps
expect_status 0
tar -tzf "$store/backups/b6/b6.tar.gz" | grep -v -e version/ -e preferredversion -e metadata >names
printf '%s\n' resources/pods/namespaces/shop/web.json >expected
expect_same names expected
run "$PINTLE" backup create b7 --from in --resource-policies-configmap ie.yaml --include-resources pods
expect_status 2
expect_err "includeExcludePolicy" "old filters"
pass
