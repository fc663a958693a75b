# layout.sh -- names and content of every object are Velero's.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins good
run "$PINTLE" backup create b1 --from "$here/manifests" --labels team=shop --ttl 48h
expect_status 0
run "$PINTLE" restore create r1 --from-backup b1 --to to
expect_status 0
run python3 "$here/check_layout.py" "$store" b1 r1 35
expect_status 0
pass
