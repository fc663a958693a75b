# hostile-tarball.sh -- hostile tarballs are refused by name, before anything is written.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
python3 "$here/hostile.py" bad >list || fail hostile.py
outside() { find "$work" /tmp/pintle-escape.json ! -path "$work/bad*" ! -path "$work/pintle-store*" \( -name 'escape*' -o -name pintle-escape.json \) 2>/dev/null; }
wrong=
sed '/^--$/,$d' list >refused
while IFS="$(printf '\t')" read -r name word; do
  run "$PINTLE" restore create "r-$name" --from "bad/$name.tar.gz" --to "to-$name"
  why=
  [ "$status" -eq 1 ] || [ "$status" -eq 2 ] || why="exit status $status"
  grep -qF -e "$word" err || why="$why, the message does not name \"$word\": $(grep -v '^Using' err | head -n 3 | cut -c 1-300)"
  [ -z "$(find "to-$name" -type f 2>/dev/null)" ] || why="$why, written: $(find "to-$name" -type f | head -n 2)"
  [ "$seconds" -le 20 ] || why="$why, took $seconds s"
  if grep -q "$(printf '\033')" err out; then why="$why, an escape sequence reaches the terminal"; fi
  [ -z "$why" ] || wrong="$wrong
#   $name: $why"
done <refused
[ -z "$(outside)" ] || fail "escaped: $(outside)"
expect_clean
[ -z "$wrong" ] || fail "not refused as it should be:$wrong"
pass
