# hostile-item.sh -- items in a tarball that lie about themselves do not leave the target.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
python3 "$here/hostile.py" bad >list || fail hostile.py
wrong=
sed '1,/^--$/d' list >lying
while IFS="$(printf '\t')" read -r name word; do
  run "$PINTLE" restore create "r-$name" --from "bad/$name.tar.gz" --to "to/to/to/$name"
  why=
  [ "$status" -eq 1 ] || [ "$status" -eq 3 ] || why="exit status $status"
  grep -qF -e "$word" err || why="$why, the message does not name \"$word\": $(grep -v '^Using' err | head -n 3 | cut -c 1-300)"
  [ "$(find to -type f | grep -c -v "/good.json$")" -eq 0 ] || why="$why, written: $(find to -type f | grep -v "/good.json$")"
  [ -z "$why" ] || wrong="$wrong
#   $name: $why"
done <lying
[ -z "$(find "$work" -name 'escape*')" ] || fail "escaped: $(find "$work" -name 'escape*')"
[ -z "$wrong" ] || fail "not refused as it should be:$wrong"
pass
