# existing.sh -- files that are there: the same ones stay, others are left alone and named, unless update.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
items 5 && run "$PINTLE" backup create b1 --from in
expect_status 0
run "$PINTLE" restore create r1 --from-backup b1 --to to
expect_status 0
python3 - <<'END'
import json
path = "to/shop/configmaps/item-02.json"
item = json.load(open(path))
item["data"]["number"] = "of the user"
json.dump(item, open(path, "w"), indent=2)
END
cp to/shop/configmaps/item-02.json mine
rm to/shop/configmaps/item-03.json
run "$PINTLE" restore create r2 --from-backup b1 --to to
expect_status 0
expect_same mine to/shop/configmaps/item-02.json
expect_file to/shop/configmaps/item-03.json
log_of restore r2
grep level=warning log | grep item-02 | grep -q "already exists" || fail "no warning names item-02"
gzip -dc "$store/restores/r2/restore-r2-resource-list.json.gz" >resources
expect_in resources 'shop/item-02(skipped)' 'shop/item-03(created)' 'shop/item-01(skipped)'
if grep level=warning log | grep -q item-01; then fail "a warning for what is the same but for the name of the restore"; fi
run "$PINTLE" restore create r3 --from-backup b1 --to to --existing-resource-policy update
expect_status 0
gzip -dc "$store/restores/r3/restore-r3-resource-list.json.gz" >resources
expect_in resources 'shop/item-02(updated)'
grep -q "of the user" to/shop/configmaps/item-02.json && fail "item-02 was not updated"
run "$PINTLE" restore create r1 --from-backup b1 --to to
[ "$status" -eq 1 ] || [ "$status" -eq 2 ] || fail "the name r1 was taken twice: exit status $status"
expect_err r1 "already exists"
pass
