# item-blocks.sh -- items that an ItemBlockAction joins go to one worker in order, and stand together in the archive.
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins run_block && python3 "$here/make_blocks.py" make 40
config() { # VARIANT ITEM
  cat >pintle.yaml <<END
apiVersion: pintle.io/v1alpha1
kind: PluginChain
metadata: {name: default}
spec:
  actions:
  - {name: tests.pintle.io/where, config: {item: "$2", variant: $1}}
  - {name: tests.pintle.io/block, config: {item: "$2", variant: $1}}
END
}
check() { python3 "$here/make_blocks.py" check 40 "$@" >"$work/out" 2>"$work/err" || fail "$*"; }
config slow '*'
for n in 1 2 3; do
  run "$PINTLE" backup create "b$n" --from in --concurrency 3
  expect_status 0
  expect_clean
  check "$store/backups/b$n/b$n.tar.gz"
done

run "$PINTLE" chain show --phase item-block
expect_status 0
expect_out tests.pintle.io/block run_block.so "configmaps, secrets"
run "$PINTLE" chain run --phase item-block -o json in/1-lead-00.json
expect_status 0

# What is related joins although labels do not select it, and not when it is excluded.
cat >labelled.yaml <<'END'
apiVersion: v1
kind: ConfigMap
metadata: {name: root, namespace: shop, labels: {app: shop}, annotations: {tests.pintle.io/with: "secrets/s,configmaps/c,configmaps/nobody"}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: c, namespace: shop, annotations: {tests.pintle.io/with: "configmaps/d"}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: d, namespace: shop}
---
apiVersion: v1
kind: Secret
metadata: {name: s, namespace: shop}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: other, namespace: shop}
END
run "$PINTLE" backup create l1 --from labelled.yaml -l app=shop --exclude-namespace-scoped-resources secrets
expect_status 0
order=$(python3 "$here/tar_list.py" "$store/backups/l1/l1.tar.gz" | sed -n 's,^resources/[a-z]*/namespaces/shop/\([^ ]*\).json.*,\1,p' | tr '\n' ' ')
[ "$order" = "root c d " ] || fail "order: $order"
log_of backup l1
grep level=info log | grep -q "related item configmaps shop/nobody" || fail "no line for the related item that is not there"

# Claims of one volume group (label velero.io/volume-group) join without an option that names the label.
for c in a b c; do
  label=', labels: {app: x}'
  [ $c = b ] && label=', labels: {velero.io/volume-group: db}'
  [ $c = a ] && label=', labels: {app: db, velero.io/volume-group: db}'
  printf -- '---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: %s, namespace: shop%s}\nspec: {volumeName: pv-%s}\nstatus: {phase: Bound}\n' $c "$label" $c
done >group.yaml
run "$PINTLE" backup create g1 --from group.yaml -l app=db
expect_status 0
names=$(python3 "$here/tar_list.py" "$store/backups/g1/g1.tar.gz" | sed -n 's,^resources/[a-z]*/namespaces/shop/\([^ ]*\).json.*,\1,p' | tr '\n' ' ')
[ "$names" = "a b " ] || fail "claims of a volume group: $names"

# The same order whoever does it.
rm pintle.yaml
for n in 0 1 5; do
  run "$PINTLE" backup create "c$n" --from in --concurrency "$n"
  expect_status 0
  python3 "$here/tar_list.py" "$store/backups/c$n/c$n.tar.gz" | cut -d ' ' -f 1 >"order-$n"
done
expect_same order-0 order-1
expect_same order-0 order-5
pass
