# cli-explain.sh -- chain show tells the order and why, chain explain every clause that failed.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins good run_noop && items 2 && chain noop '*'
run "$PINTLE" chain show
expect_status 0
expect_out "tests.pintle.io/noop" "pintle.yaml:6:5" "tests.pintle.io/good"
grep -n 'tests.pintle.io' out | sed 's/:.*tests/:tests/' >order
[ "$(grep -c . order)" -ge 2 ] || fail "two actions are expected"
run "$PINTLE" chain show --phase restore --action tests.pintle.io/good
expect_status 0
expect_not_in out reset-metadata
run "$PINTLE" chain explain in/item-00.json
expect_status 0
expect_out "configmaps shop/item-00" tests.pintle.io/good
run "$PINTLE" chain explain
expect_status 2
run "$PINTLE" chain explain nowhere.yaml
[ "$status" -ne 0 ] || fail "an item that is not there"
pass
