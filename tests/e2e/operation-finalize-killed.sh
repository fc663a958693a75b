# operation-finalize-killed.sh -- killed while items are taken again: the backup says Finalizing, and is finished later.
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins run_operation && items 20 && victim a before && operation_chain operation self slow-finalize
control victim.hold x
control victim.state '{"completed":true}'
start_until backup b1 Finalizing "$PINTLE" backup create b1 --from in
await test -e op/victim.finalizing
kill_run
run "$PINTLE" backup get
expect_out Finalizing
run "$PINTLE" backup verify b1 # gzip, tar and JSON are sound; what it lacks is said
expect_status 0
expect_out "pintle backup continue b1"
age_runs
rm op/victim.hold
victim a after
run "$PINTLE" backup continue b1 --from in
expect_status 0
expect_clean
expect_phase backup b1 Completed
tar xOzf "$store/backups/b1/b1.tar.gz" resources/configmaps/namespaces/shop/victim.json >victim.json
expect_in victim.json '"after"' '"tests.pintle.io/finalized":"yes"'
cp victim.json in/ && compare in "$store/backups/b1/b1.tar.gz"
run "$PINTLE" backup verify b1
expect_status 0
expect_out "all is well"
pass
