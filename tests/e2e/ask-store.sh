# ask-store.sh -- a plugin keeps its own data in a location of the configuration, through an instance of its own.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins run_stores run_store && items 20
cp in/item-00.json in/later.json && sed -i 's/item-00/later/g' in/later.json
# Without any configuration: the run's own location is the built-in store.
run "$PINTLE" backup create b1 --from in --concurrency 3
expect_status 0
expect_clean
mine=$store/plugins/tests.pintle.io/stores
[ "$(cat "$mine/items/item-07")" = "this is kept of item-07" ] || fail "items/item-07 is $(cat "$mine/items/item-07")"
[ "$(cat "$mine/later")" = "put-later" ] || fail "the operation put nothing"
[ "$(find "$mine" -type f | wc -l)" -eq 22 ] || fail "there are $(find "$mine" -type f | wc -l) objects"
tar -xOzf "$store/backups/b1/b1.tar.gz" resources/configmaps/namespaces/shop/item-07.json >item
expect_in item '"tests.pintle.io/whole":"this is kept of item-07"' '"tests.pintle.io/part":"is kept"' '"tests.pintle.io/listed":"items/item-07 23"'
run "$PINTLE" restore create r1 --from-backup b1 --to to
expect_status 0
n=$(grep -rhoE 'tests.pintle.io/kept"?: *"?this is kept of item-[0-9]+' to | wc -l)
[ "$n" -eq 20 ] || fail "$n of 20 items found what was kept"
# In this process too; and a dry run writes nothing.
rm -r "$mine"
run "$PINTLE" backup create b2 --from in --concurrency 0 --include-resources configmaps --selector '!x'
expect_status 0
expect_file "$mine/items/item-07"
rm -r "$mine"
run "$PINTLE" chain run in --phase backup --action tests.pintle.io/stores
expect_status 0
expect_out 'tests.pintle.io/dry: denied'
expect_no_file "$mine"
# A location of a plugin: an instance in the plugin's own process, with its bucket, prefix and configuration.
cat >pintle.yaml <<END
apiVersion: velero.io/v1
kind: BackupStorageLocation
metadata: {name: default}
spec: {provider: pintle.io/file, default: true, objectStorage: {bucket: b}, config: {root: $work/files}}
---
apiVersion: velero.io/v1
kind: BackupStorageLocation
metadata: {name: vendor}
spec: {provider: acme, objectStorage: {bucket: c, prefix: /some/where/}, config: {root: $work/vendor}}
---
apiVersion: velero.io/v1
kind: BackupStorageLocation
metadata: {name: wrong}
spec: {provider: acme, objectStorage: {bucket: c}, config: {roots: $work/vendor}}
---
apiVersion: velero.io/v1
kind: BackupStorageLocation
metadata: {name: closed}
spec: {provider: pintle.io/file, accessMode: ReadOnly, objectStorage: {bucket: b}, config: {root: $work/files}}
---
apiVersion: pintle.io/v1alpha1
kind: PluginChain
metadata: {name: default}
spec:
  aliases: {velero.io/acme: tests.pintle.io/store}
  actions:
  - {name: tests.pintle.io/stores, config: {location: vendor}}
END
run "$PINTLE" backup create b3 --from in
expect_status 0
[ "$(cat "$work/vendor/c/some/where/plugins/tests.pintle.io/stores/items/item-07")" = "this is kept of item-07" ] || fail "the vendor's store has it not"
[ "$(cat "$work/vendor/c/some/where/plugins/tests.pintle.io/stores/later")" = "put-later" ] || fail "the operation put nothing there"
expect_file "$work/files/b/backups/b3/velero-backup.json"
run "$PINTLE" restore create r3 --from-backup b3 --to to3
expect_status 0
# What cannot be used is told where it is used; what nobody uses hinders nobody.
for name in wrong closed nowhere; do
  sed "s/location: vendor/location: $name/" pintle.yaml >other.yaml
  run "$PINTLE" backup create "b-$name" --from in --config other.yaml
  expect_status 3
done
log_of backup b-wrong
expect_in log 'location \"wrong\": cannot put items/' 'other.yaml:14:' 'roots'
log_of backup b-closed
expect_in log 'location \"closed\": cannot put items/' 'accessMode ReadOnly'
log_of backup b-nowhere
expect_in log 'location \"nowhere\": cannot put items/' 'there is no BackupStorageLocation of that name'
pass
