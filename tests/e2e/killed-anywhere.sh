# killed-anywhere.sh -- killed with SIGKILL at any moment: the old state or the new one, and the name works again.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
items 400
committed=0
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  "$PINTLE" backup create b1 --from in >run.out 2>run.err &
  running=$!
  sleep "0.0$((i % 10))$i"
  kill -KILL $running 2>/dev/null
  wait $running 2>/dev/null
  if [ -f "$store/backups/b1/velero-backup.json" ]; then
    committed=$((committed + 1))
    run "$PINTLE" backup verify b1
    expect_status 0
  fi
  run "$PINTLE" backup get
  expect_status 0
  if [ -d "$store/plugins/pintle.io/runs" ] && [ -n "$(ls "$store/plugins/pintle.io/runs")" ]; then age_runs; fi
  if [ -n "$(find "$store" -type f 2>/dev/null)" ]; then
    run "$PINTLE" backup delete b1 --confirm
    [ "$status" -eq 0 ] || [ -z "$(find "$store" -type f)" ] || fail "it cannot be deleted"
  fi
  [ -z "$(find "$store" -type f 2>/dev/null)" ] || fail "round $i: left in the store: $(find "$store" -type f | head -n 5)"
done 2>/dev/null
run "$PINTLE" backup create b1 --from in
expect_status 0
pass
