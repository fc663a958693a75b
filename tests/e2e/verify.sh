# verify.sh -- verify names what is damaged: a byte of the tarball, of an object, an object gone.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins good && items 20 && run "$PINTLE" backup create b1 --from in
expect_status 0
cp -a "$store" whole
damaged() { # WORD
  run "$PINTLE" backup verify b1
  expect_status 1
  cat out err >all
  expect_in all "$1"
  rm -rf "$store" && cp -a whole "$store"
}
flip() { python3 -c 'import sys; p, at = sys.argv[1], int(sys.argv[2]); d = bytearray(open(p, "rb").read()); d[at] ^= 0x20; open(p, "wb").write(d)' "$@"; }
dir=$store/backups/b1
flip "$dir/b1.tar.gz" 200 && damaged b1.tar.gz
flip "$dir/b1.tar.gz" 4 && damaged b1.tar.gz # the header of gzip: the items are whole, the object is not
for object in b1-logs.gz b1-results.gz b1-resource-list.json.gz b1-volumeinfo.json.gz b1-itemoperations.json.gz b1-volumesnapshots.json.gz b1-pintle.json.gz; do
  flip "$dir/$object" 15 && damaged "$object"
  rm "$dir/$object" && damaged "$object"
  : >"$dir/$object" && damaged "$object"
done
rm "$dir/b1.tar.gz" && damaged b1.tar.gz
cp "$dir/b1-results.gz" "$dir/b1-logs.gz" && damaged b1-logs.gz
# An item exchanged for another, with the archive's object list mended: the manifest's own hash stands in the commit object.
flip "$dir/velero-backup.json" 10 && damaged velero-backup.json
python3 - "$dir" <<'END'
import gzip, json, sys
path = sys.argv[1] + "/b1-pintle.json.gz"
m = json.loads(gzip.open(path).read())
m["objects"] = [o for o in m["objects"] if not o["key"].endswith("logs.gz")]
gzip.open(path, "wb").write(json.dumps(m).encode())
END
damaged b1-pintle.json.gz
run "$PINTLE" backup verify b1
expect_status 0
run "$PINTLE" backup verify nothing
[ "$status" -ne 0 ] || fail "a backup that does not exist was verified"
expect_err nothing
pass
