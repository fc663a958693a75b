# filters-nothing.sh -- filters that leave nothing are told; a namespace that is not there is an error, as in Velero; definitions come along with what
# labels have chosen.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
mkdir in empty
cat >in/all.yaml <<'END'
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec: {group: example.com, scope: Namespaced, names: {plural: widgets, kind: Widget}, versions: [{name: v1, served: true, storage: true}]}
---
apiVersion: example.com/v1
kind: Widget
metadata: {name: w, namespace: shop, labels: {app: web}}
---
apiVersion: v1
kind: Namespace
metadata: {name: bare}
END
resources() { gzip -dc "$store/backups/$1/$1-resource-list.json.gz" >list; }

run "$PINTLE" backup create b1 --from in --include-namespaces shop,typo
expect_status 3
expect_err "error: namespace typo of spec.includedNamespaces is not in the input"
expect_not_in err "namespace shop"
resources b1
expect_in list '"shop/w"'
run "$PINTLE" backup create b2 --from in --include-namespaces bare # its Namespace is enough
expect_status 0
run "$PINTLE" backup create b3 --from in --include-namespaces 'no*' # a pattern may meet nothing
expect_status 0
expect_err "warning: zero items to be backed up: the filters leave none of 3"
run "$PINTLE" backup create b4 --from empty
expect_status 0
expect_err "warning: zero items to be backed up: the input holds none"
run "$PINTLE" restore create r1 --from-backup b1 --to to --include-namespaces typo
expect_status 0
expect_err "warning: zero items to be restored: the filters leave none of 2"

# The definition lacks the label, and is not asked for by name: without it the Widget could not be restored.
run "$PINTLE" backup create b5 --from in -l app=web
expect_status 0
resources b5
expect_in list '"apiextensions.k8s.io/v1/CustomResourceDefinition":["widgets.example.com"]' '"shop/w"'
run "$PINTLE" backup create b6 --from in -l app=web --include-resources '*' # Velero's old filters include definitions: the label holds for them
expect_status 0
resources b6
expect_not_in list CustomResourceDefinition
run "$PINTLE" backup create b7 --from in -l app=web --exclude-cluster-scoped-resources crds
expect_status 0
resources b7
expect_not_in list CustomResourceDefinition

run "$PINTLE" backup verify absent
expect_status 1
expect_err 'backup "absent" not found' "pintle backup get"
pass
