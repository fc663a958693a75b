# skips.sh -- an action that leaves an item out.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins run_skips good && items 10 && chain skips item-03
run "$PINTLE" backup create b1 --from in
expect_status 0
compare in "$store/backups/b1/b1.tar.gz" --annotated tests.pintle.io/good=backup --missing item-03
log_of backup b1
grep name=item-03 log | grep -q "not wanted here" || fail "the log does not say why"
pass
