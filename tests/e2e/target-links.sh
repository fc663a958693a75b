# target-links.sh -- links in the target are not followed out of it.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
items 3 && run "$PINTLE" backup create b1 --from in
expect_status 0
mkdir to outside && ln -s "$work/outside" to/shop
run "$PINTLE" restore create r1 --from-backup b1 --to to
[ "$status" -eq 1 ] || [ "$status" -eq 3 ] || fail "exit status $status"
expect_err shop
[ -z "$(ls outside)" ] || fail "written outside: $(ls outside)"
rm to/shop && mkdir -p to/shop/configmaps && echo mine >outside/mine && ln -s "$work/outside/mine" to/shop/configmaps/item-01.json
run "$PINTLE" restore create r2 --from-backup b1 --to to --existing-resource-policy update
[ "$(cat outside/mine)" = mine ] || fail "a file outside was changed"
pass
