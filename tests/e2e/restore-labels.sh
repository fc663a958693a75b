# restore-labels.sh -- restored items say where they came from; a long name is cut as Velero cuts it.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
items 1
name=$(printf 'b%.0s' 1 2 3 4 5 6 7 8 9 10)$(printf 'ackup%.0s' 1 2 3 4 5 6 7 8 9 10 11 12)
run "$PINTLE" backup create "$name" --from in
expect_status 0
run "$PINTLE" restore create r1 --from-backup "$name" --to to
expect_status 0
cut="$(printf %s "$name" | cut -c 1-57)$(printf %s "$name" | sha256sum | cut -c 1-6)"
expect_in to/shop/configmaps/item-00.json "\"velero.io/backup-name\": \"$cut\"" "\"velero.io/restore-name\": \"r1\""
run "$PINTLE" restore create --from-backup "$name" --to to2
expect_status 0
ls "$store/restores" >names
grep -qE "^$name-[0-9]{14}$" names || fail "the restore's name is not <backup>-<time>: $(cat names)"
pass
