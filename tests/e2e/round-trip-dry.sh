# round-trip-dry.sh -- a restored directory backs up again to the same items, and restores unchanged.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
run "$PINTLE" backup create b1 --from "$here/manifests"
expect_status 0
run "$PINTLE" restore create r1 --from-backup b1 --to to
expect_status 0
run "$PINTLE" backup create b2 --from to
expect_status 0
compare to "$store/backups/b2/b2.tar.gz"
find to -type f -exec sha256sum {} + | sort >before
run "$PINTLE" restore create r2 --from-backup b1 --to to --existing-resource-policy none
find to -type f -exec sha256sum {} + | sort >after
expect_same before after
pass
