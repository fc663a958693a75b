# velero-waiting.sh -- a backup that Velero left waiting for an operation is finished by pintle, if it has the plugin.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
older() { python3 "$here/older.py" "$store" "$@" || fail older.py; }
sums() { (cd "$store/backups/$1" && sha256sum ./*) >"$2"; }
older b1 phase=WaitingForPluginOperations operation=tests.pintle.io/operation
run "$PINTLE" backup verify b1
expect_status 0
sums b1 before

# Without the plugin nothing is done, and it is said what to do.
run "$PINTLE" backup continue b1
expect_status 2
expect_err "tests.pintle.io/operation" "pintle backup continue b1 --give-up"
sums b1 after && expect_same before after

# With it, Velero's way to the end: the item is taken again, and stands in the tarball in place of the old one.
mkdir in && plugins run_operation && operation_chain operation
sed -i 's/item: victim/item: settings/' pintle.yaml
control settings.state '{"completed":true,"nCompleted":3,"nTotal":3,"units":"files"}'
run "$PINTLE" backup continue b1
expect_status 0
expect_clean
expect_err "no server of Velero may go on with it as well"
expect_phase backup b1 Completed
operations_of backup b1 >op.json
expect_in op.json '"phase":"Completed","nCompleted":3' '"created":"2019-07-31T13:39:20Z"'
tar xOzf "$store/backups/b1/b1.tar.gz" resources/configmaps/namespaces/shop/settings.json >settings.json
expect_in settings.json '"tests.pintle.io/finalized":"yes"' '"data":{"a":"1"}'
tar xOzf "$store/backups/b1/b1.tar.gz" resources/configmaps/v1-preferredversion/namespaces/shop/settings.json >copy.json
expect_same settings.json copy.json
log_of backup b1
expect_in log "Backing up 6 items" "is completed" "Taking 1 item again"
expect_in "$store/backups/b1/velero-backup.json" '"backupItemOperationsCompleted": 1' '"futureField"' '"itemsBackedUp": 7'
expect_not_in "$store/backups/b1/velero-backup.json" pintle.io/manifest
expect_no_file "$store/backups/b1/b1-pintle.json.gz"
sums b1 after
for same in podvolumebackups volumeinfo volumesnapshots; do
  [ "$(grep "$same" before)" = "$(grep "$same" after)" ] || fail "$same was changed"
done
run "$PINTLE" backup verify b1
expect_status 0
expect_out "gzip, tar and JSON"
run "$PINTLE" restore create r1 --from-backup b1 --to to --restore-volumes=false
expect_status 0

# One that fails; and --give-up where the plugin is gone.
older b2 phase=WaitingForPluginOperations operation=tests.pintle.io/operation
control settings.state '{"completed":true,"error":"it broke"}'
run "$PINTLE" backup continue b2
expect_status 3
expect_phase backup b2 PartiallyFailed
rm pintle.yaml "$PINTLE_PLUGIN_DIR/run_operation.so"
older b3 phase=FinalizingPartiallyFailed operation=example.com/nobody no=results.gz
run "$PINTLE" backup continue b3 --give-up
expect_status 3
expect_phase backup b3 PartiallyFailed
run "$PINTLE" backup delete b3 --confirm --force # its snapshot is nobody's here
expect_status 0
expect_no_file "$store/backups/b3"
pass
