# restore-signal.sh -- SIGTERM during a restore: a clean end, no half file, the name can be used again.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins good && items 60 && run "$PINTLE" backup create b1 --from in
expect_status 0
plugins run_stubborn && chain stubborn item-30
sed -i 's/timeout: 2s/timeout: 1h/' pintle.yaml
setsid "$PINTLE" restore create r1 --from-backup b1 --to to >run.out 2>run.err </dev/null &
running=$!
sleep 1.5
kill -TERM "$running"
began=$(date +%s)
wait "$running"
code=$?
[ $(($(date +%s) - began)) -le 15 ] || fail "it took $(($(date +%s) - began)) s to end"
[ "$code" -eq 143 ] || fail "exit status $code"
expect_clean
[ -z "$(find to -type f ! -name '*.json')" ] || fail "half files: $(find to -type f ! -name '*.json')"
run "$PINTLE" restore get
expect_status 0
expect_not_in out Completed InProgress
pass
