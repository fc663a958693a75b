# wait-for-additional.sh -- an action waits for its additional items; other items do not.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
items 20
cat >in/aa.json <<END
{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"victim","namespace":"shop","annotations":{"tests.pintle.io/needs":"item-07"}}}
END
run "$PINTLE" backup create b1 --from in
expect_status 0
plugins run_waits && operation_chain waits
setsid "$PINTLE" restore create r1 --from-backup b1 --to to >"$work/run.out" 2>"$work/run.err" </dev/null &
running=$!
await sh -c '[ "$(wc -l <op/needed.asked)" -ge 2 ]' # a second apart
[ "$(ls to/shop/configmaps | wc -l)" -eq 20 ] || fail "$(ls to/shop/configmaps | wc -l) of the 20 others are there"
expect_no_file to/shop/configmaps/victim.json
expect_file op/needed.had-configmaps-item-07
expect_no_file op/needed.had-configmaps-nobody
control needed.state ready
end_of_run
expect_status 0
expect_clean
compare in to --restored b1 r1
# Its time passes: an error, and the item is restored all the same.
rm -rf op to && operation_chain waits "" 1500
run "$PINTLE" restore create r2 --from-backup b1 --to to
expect_status 3
expect_within 10
log_of restore r2
expect_in log "additional items for configmaps/shop/victim are not ready to use."
compare in to --restored b1 r2
# Asking fails, or kills its process: likewise.
for how in fail crash; do
  rm -rf op to && operation_chain waits && control needed.state $how
  run "$PINTLE" restore create "r-$how" --from-backup b1 --to to
  expect_status 3
  expect_clean
  log_of restore "r-$how"
  expect_in log "error verifying additional items are ready to use: "
  compare in to --restored b1 "r-$how"
done
expect_in log "crashed (SIGABRT) in are_additional_items_ready"
# SIGTERM while it waits.
rm -rf op to && operation_chain waits
setsid env --default-signal=INT "$PINTLE" restore create r3 --from-backup b1 --to to >"$work/run.out" 2>"$work/run.err" </dev/null &
running=$!
await test -e op/needed.asked
kill -TERM "$running"
end_of_run
expect_status 143
expect_clean
pass
