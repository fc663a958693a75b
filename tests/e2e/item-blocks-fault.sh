# item-blocks-fault.sh -- a worker dies in the middle of a block; the ItemBlockAction itself crashes or fails.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins run_block && python3 "$here/make_blocks.py" make 12
config() { # VARIANT
  cat >pintle.yaml <<END
apiVersion: pintle.io/v1alpha1
kind: PluginChain
metadata: {name: default}
spec:
  actions:
  - {name: tests.pintle.io/where, config: {item: y-05, variant: $1}}
  - {name: tests.pintle.io/block, config: {item: y-05, variant: $1}}
END
}
# The item on which the worker died is lost, the rest of its block goes to another one.
config running
run "$PINTLE" backup create b1 --from in
expect_status 3
expect_clean
python3 "$here/make_blocks.py" check 12 "$store/backups/b1/b1.tar.gz" y-05 >"$work/out" 2>"$work/err" || fail b1
log_of backup b1
grep -F y-05 log | grep level=error >blame
expect_in blame tests.pintle.io/where "crashed (SIGSEGV)"

# Which items belong to y-05 is not known, so z-05 and w-05 stand where the source has them; all are in the backup.
for variant in relating fails; do
  config $variant
  run "$PINTLE" backup create "b-$variant" --from in
  expect_status 3
  expect_clean
  python3 "$here/tar_list.py" "$store/backups/b-$variant/b-$variant.tar.gz" | grep -v preferredversion >list
  [ "$(grep -c '/namespaces/shop/' list)" -eq 72 ] || fail "$variant: $(grep -c '/namespaces/shop/' list) of 72 items"
  [ "$(grep -A1 /y-05.json list | grep -c /lead-06.json)" -eq 1 ] || fail "$variant: $(grep -A1 /y-05.json list)"
  log_of backup "b-$variant"
  [ "$(grep -c level=error log)" -eq 1 ] || fail "$(grep level=error log)"
  grep level=error log >blame
  expect_in blame name=y-05 tests.pintle.io/block
done
expect_in blame "cannot say what belongs to it"
log_of backup b-relating
grep level=error log >blame
expect_in blame "crashed (SIGSEGV) in get_related_items" "pintle chain run --phase item-block --action tests.pintle.io/block"

# With onError it is a warning, or the end of the run.
config fails
sed 's/block, config/block, onError: Warn, config/' pintle.yaml >warn.yaml
run "$PINTLE" backup create b-warn --from in --config warn.yaml
expect_status 0
log_of backup b-warn
grep level=warning log | grep -qF "cannot say what belongs to it" || fail "no warning"
sed 's/block, config/block, onError: FailRun, config/' pintle.yaml >end.yaml
run "$PINTLE" backup create b-end --from in --config end.yaml
expect_status 1
expect_err tests.pintle.io/block y-05
expect_no_file "$store/backups/b-end/velero-backup.json"
pass
