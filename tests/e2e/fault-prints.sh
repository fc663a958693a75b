# fault-prints.sh -- a plugin that prints: the lines go to the log, the item is whole.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins good run_prints && items 60 && chain prints '*'
run "$PINTLE" backup create b1 --from in
expect_status 0
expect_within 30
expect_clean
compare in "$store/backups/b1/b1.tar.gz" --annotated tests.pintle.io/good=backup --annotated tests.pintle.io/prints=yes
log_of backup b1
expect_in log "lines on stdout" "lines on stderr" "the end of stdout" run_prints.so
expect_not_in out "lines on stdout"
if grep -q "$(printf '\033')" log; then fail "an escape sequence stands in the log"; fi
chain prints item-30
"$PINTLE" chain run --phase backup --execute -o json in >list.json 2>err || fail "chain run"
python3 -c 'import json; assert len(json.load(open("list.json"))["items"]) == 60' || fail "what a plugin printed went into the output"
pass
