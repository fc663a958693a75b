# verify-velero.sh -- a backup of Velero's own is verified as far as it goes, and verify says so.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
items 5 && run "$PINTLE" backup create b1 --from in
expect_status 0
rm "$store/backups/b1/b1-pintle.json.gz"
python3 - "$store/backups/b1/velero-backup.json" <<'END'
import json, sys
b = json.load(open(sys.argv[1]))
b["metadata"].pop("annotations", None)
json.dump(b, open(sys.argv[1], "w"))
END
run "$PINTLE" backup verify b1
expect_status 0
cat out err >all
grep -qi "checksum" all || fail "it does not say that there are no checksums"
python3 -c 'import sys; p = sys.argv[1]; d = open(p, "rb").read(); open(p, "wb").write(d[:-30])' "$store/backups/b1/b1.tar.gz"
run "$PINTLE" backup verify b1
expect_status 1
run "$PINTLE" restore create r1 --from-backup b1 --to to
[ "$status" -ne 0 ] || fail "a cut tarball was restored"
[ -z "$(find to -type f 2>/dev/null)" ] || fail "files were written from a cut tarball"
pass
