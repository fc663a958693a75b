# restore-killed.sh -- a restore killed with SIGKILL leaves no half file, is shown, and can be deleted and repeated.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins good && items 60 && run "$PINTLE" backup create b1 --from in
expect_status 0
plugins run_slow && chain slow item-30
sed -i 's/timeout: 2s/timeout: 1h/' pintle.yaml
setsid "$PINTLE" restore create r1 --from-backup b1 --to to >run.out 2>run.err </dev/null &
running=$!
sleep 1.5
kill -0 "$running" || fail "it did not wait"
run "$PINTLE" restore create r1 --from-backup b1 --to to2
[ "$status" -eq 1 ] || [ "$status" -eq 2 ] || fail "the name r1 was taken twice"
expect_err "$running"
run "$PINTLE" restore get
expect_out r1 InProgress
kill -KILL "$running"
wait "$running" 2>/dev/null
n=$(python3 "$here/compare.py" in to --annotated tests.pintle.io/good=restore --restored b1 r1 --count 2>diff) || fail "$(cat diff)"
[ "$n" -ge 30 ] || fail "only $n files were written"
rm -rf "$TMPDIR"/* pintle.yaml plugins/run_slow.so
age_runs
run "$PINTLE" restore get
expect_status 0
expect_out r1 Interrupted
run "$PINTLE" restore create r1 --from-backup b1 --to to
expect_status 0
compare in to --annotated tests.pintle.io/good=restore --restored b1 r1
run "$PINTLE" restore delete r1 --confirm
expect_status 0
[ ! -d "$store/restores/r1" ] || [ -z "$(find "$store/restores/r1" -type f)" ] || fail "left: $(find "$store/restores/r1" -type f)"
run "$PINTLE" backup verify b1
expect_status 0
pass
