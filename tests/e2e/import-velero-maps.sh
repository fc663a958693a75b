# import-velero-maps.sh -- Velero's change-storage-class and change-image-name ConfigMaps as they are: beside the chain, from a file, in the backup.
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
cp "$(find "${PLUGINS%/tests/plugins}/plugins" -name restore-xform.so | head -n 1)" plugins/ || skip "no restore-xform.so"
chmod 0644 plugins/restore-xform.so
mkdir in
map() { # NAME ENTRY: of Velero's, as `kubectl get -o yaml` shows it
  cat <<END
apiVersion: v1
kind: ConfigMap
metadata:
  name: $1-config
  namespace: velero
  uid: 5b8f
  labels: {velero.io/plugin-config: "", velero.io/$1: RestoreItemAction}
data:
  $2
END
}
{
  cat <<'END'
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: shop}
spec: {storageClassName: gp2}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: "1.1.1.1:5000/abc:test"}]}}
---
END
  map change-storage-class 'gp2: from-backup'
  echo ---
  map change-image-name 'case1: "1.1.1.1:5000,3.3.3.3:5000"'
} >in/all.yaml
run "$PINTLE" backup create b1 --from in
expect_status 0
chain() {
  cat >pintle.yaml <<END
apiVersion: pintle.io/v1alpha1
kind: PluginChain
metadata: {name: default}
spec:
  actions:
  - name: pintle.io/resolve-references
    config: {$1}
END
}
restored() { # CLASS IMAGE, restored as r$n
  n=$((${n-0} + 1))
  run "$PINTLE" restore create "r$n" --from-backup b1 --to "to$n" --fail-on unmatched,unresolved
  expect_status 0
  expect_in "to$n/shop/persistentvolumeclaims/data.json" "\"$1\""
  expect_in "to$n/shop/deployments.apps/web.json" "\"$2\""
}
# beside the chain
chain ''
map change-storage-class 'gp2: beside' >classes.yaml
{ echo --- && cat classes.yaml && echo --- && map change-image-name 'case1: "1.1.1.1:5000,2.2.2.2:3000"'; } >>pintle.yaml
restored beside 2.2.2.2:3000/abc:test
run "$PINTLE" chain show --phase restore
expect_out "velero.io/change-storage-class: ConfigMap velero/change-storage-class-config, pintle.yaml:9"
# from a file
chain 'velero.io/change-storage-class: {fromFile: classes.yaml}, known: {storageClasses: [beside]}'
restored beside 1.1.1.1:5000/abc:test
# in the backup
chain 'velero.io/change-storage-class: backup, velero.io/change-image-name: backup'
restored from-backup 3.3.3.3:5000/abc:test
# every worker finds it; one alone, and without the ConfigMaps in the input
run "$PINTLE" chain run --phase restore --action pintle.io/resolve-references --from-backup b1 --concurrency 3
expect_out from-backup 3.3.3.3:5000/abc:test
sed '/^---$/,$d' in/all.yaml >pvc.yaml
run "$PINTLE" chain run --phase restore --action pintle.io/resolve-references pvc.yaml
expect_status 2
expect_err pintle.yaml:7:46 "no ConfigMap of namespace velero in the backup has the labels velero.io/plugin-config,velero.io/change-storage-class=RestoreItemAction"
# what Velero would not find, or could not read
sed 's/change-storage-class: Rest/change-storage-clas: Rest/' classes.yaml >wrong.yaml
chain 'velero.io/change-storage-class: {fromFile: wrong.yaml}'
run "$PINTLE" restore create r8 --from-backup b1 --to to8
expect_status 2
expect_err pintle.yaml:7: "the ConfigMap lacks the label velero.io/change-storage-class: RestoreItemAction, so that Velero does not use it either"
chain ''
{ echo --- && map change-storage-class 'gp2: No_Class'; } >>pintle.yaml
run "$PINTLE" restore create r9 --from-backup b1 --to to9
expect_status 2
expect_err pintle.yaml:17:8 No_Class
# a bad entry is told where it stands: in the file that is named, in the ConfigMap of the backup
map change-storage-class 'gp2: No_Class' >bad.yaml
chain 'velero.io/change-storage-class: {fromFile: bad.yaml}'
run "$PINTLE" chain run --phase restore --action pintle.io/resolve-references pvc.yaml
expect_status 2
expect_err bad.yaml:9:8: "ConfigMap velero/change-storage-class-config: gp2: No_Class: the second is no name of a StorageClass"
mkdir bad
cat in/all.yaml >bad/all.yaml
sed -i 's/gp2: from-backup/gp2: No_Class/' bad/all.yaml
chain 'velero.io/change-storage-class: backup'
run "$PINTLE" chain run --phase restore --action pintle.io/resolve-references bad
expect_status 2
expect_err pintle.yaml:7: "ConfigMap velero/change-storage-class-config: gp2: No_Class: the second is no name of a StorageClass"
pass
