# resource-modifiers.sh -- a restore changed by rules: from a file, from a ConfigMap; a dry run shows them; what met nothing is told.
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
cat >in.yaml <<'END'
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop, labels: {app: web}}
spec:
  replicas: 3
  template:
    spec:
      containers:
      - {name: web, image: "old.example/web:1"}
      - {name: side, image: "old.example/side:1"}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: shop}
spec: {storageClassName: old}
END
cat >mods.yaml <<'END'
version: v1
resourceModifierRules:
- conditions: {groupResource: persistentvolumeclaims, namespaces: [shop]}
  patches: [{operation: replace, path: /spec/storageClassName, value: fast}]
- conditions: {groupResource: deployments.apps}
  strategicPatches:
  - patchData: |
      spec:
        template: {spec: {containers: [{name: web, image: "new.example/web:1"}]}}
- conditions: {groupResource: deployments}
  mergePatches: [{patchData: '{"spec":{"replicas":1}}'}]
- conditions: {groupResource: "**", namespaces: [store], resourceNameRegex: "^(data|web)$"}
  mergePatches: [{patchData: '{"spec":{"replicas":1}}'}]
END
value() { python3 -c 'import json,sys; v=json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$@"; }
changed() { # DIRECTORY
  [ "$(value "$1/shop-2/persistentvolumeclaims/data.json" 'v["spec"]["storageClassName"]')" = fast ] || fail "$1: the claim is as it was"
  [ "$(value "$1/shop-2/deployments.apps/web.json" '[c["image"] for c in v["spec"]["template"]["spec"]["containers"]]')" = \
    "['new.example/web:1', 'old.example/side:1']" ] || fail "$1: the images are wrong"
  [ "$(value "$1/shop-2/deployments.apps/web.json" 'v["spec"]["replicas"]')" = 3 ] || fail "$1: a rule that meets nothing did something"
}
run "$PINTLE" backup create b1 --from in.yaml
expect_status 0

# a dry run shows what a rule does, and writes nothing
run "$PINTLE" restore create r0 --from-backup b1 --to to --resource-modifier-configmap mods.yaml --dry-run
expect_status 0
expect_out pintle.io/resource-modifiers '/spec/storageClassName: "old" -> "fast"' \
  '/spec/template/spec/containers/0/image: "old.example/web:1" -> "new.example/web:1"'
expect_no_file to

# rules see the namespace of the backup, and come before the mapping
run "$PINTLE" restore create r1 --from-backup b1 --to to --resource-modifier-configmap mods.yaml --namespace-mappings shop:shop-2
expect_status 0
changed to
expect_err "rule 3 at mods.yaml:10:3: never matched; it would have matched 1 item but for its groupResource: they are deployments.apps" \
  "rule 4 at mods.yaml:12:3: never matched; it would have matched 2 items but for its namespaces"
log_of restore r1
expect_in log "applied resource modifier, rule 1 at mods.yaml:3:3"
run "$PINTLE" restore create r2 --from-backup b1 --to to2 --resource-modifier-configmap mods.yaml --fail-on unmatched
expect_status 4

# the same in a ConfigMap, in the configuration and in a file of its own; places are those of the file
cat >map.yaml <<END
apiVersion: v1
kind: ConfigMap
metadata: {name: mods, namespace: velero}
data:
  rules.yaml: |
$(sed 's/^/    /' mods.yaml)
END
run "$PINTLE" restore create r3 --from-backup b1 --to to3 --resource-modifier-configmap map.yaml --namespace-mappings shop:shop-2
expect_status 0
changed to3
expect_err "rule 3 at map.yaml:15:7: never matched"
run "$PINTLE" --config map.yaml restore create r4 --from-backup b1 --to to4 --resource-modifier-configmap mods --namespace-mappings shop:shop-2
expect_status 0
changed to4
run "$PINTLE" --config map.yaml restore create r5 --from-backup b1 --resource-modifier-configmap mods -o yaml
expect_out "resourceModifier:" "kind: configmap" "name: mods"

# a rule that fails: the item is restored without it, and the run has an error
cat >fails.yaml <<'END'
version: v1
resourceModifierRules:
- conditions: {groupResource: persistentvolumeclaims}
  patches:
  - {operation: replace, path: /spec/storageClassName, value: fast}
  - {operation: remove, path: /spec/nothing}
- conditions: {groupResource: persistentvolumeclaims}
  mergePatches: [{patchData: "spec: {volumeMode: Block}"}]
END
run "$PINTLE" restore create r6 --from-backup b1 --to to6 --resource-modifier-configmap fails.yaml
expect_status 3
expect_err "persistentvolumeclaims shop/data: resource-modifier: rule 1 at fails.yaml:3:3 was not applied: patches[1], remove /spec/nothing: there is no such place"
[ "$(value to6/shop/persistentvolumeclaims/data.json 'v["spec"]')" = "{'storageClassName': 'old', 'volumeMode': 'Block'}" ] || fail "half a rule was applied"
run "$PINTLE" restore get r6
expect_out PartiallyFailed

# chain run obeys a Restore's modifiers too
cat >restore.yaml <<'END'
apiVersion: velero.io/v1
kind: Restore
metadata: {name: x}
spec: {backupName: b1, resourceModifier: {kind: ConfigMap, name: mods.yaml}}
END
run "$PINTLE" chain run --phase restore --resource restore.yaml in.yaml -o json
expect_status 0
expect_out '"storageClassName":"fast"'
expect_clean
pass
