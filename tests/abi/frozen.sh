#!/bin/sh
# frozen.sh -- plugins built from the commit that FROZEN names, not from the tree.  SPDX-License-Identifier: Apache-2.0
#
# Usage: frozen.sh               says whether the copy in frozen-1.0/ is what that commit has; 77: no history here to ask
#        frozen.sh DIR            builds DIR/skew-frozen.so, its source and its headers from that commit (or the copy)
#        frozen.sh DIR NAME...    also DIR/NAME.so from tests/plugins/NAME.c of the tree, with the headers of that commit
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
copy=$here/frozen-1.0
commit=$(grep -v '^#' "$here/FROZEN")
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
sources=$copy
if git -C "$root" archive "$commit" plugin-api/include tests/abi/skew_plugin.c >"$work/tar" 2>"$work/log"; then
  tar -xf "$work/tar" -C "$work" || exit 2
  mkdir "$work/commit" && mv "$work/plugin-api/include" "$work/commit/" && mv "$work/tests/abi/skew_plugin.c" "$work/commit/plugin.c"
  sources=$work/commit
  if ! diff -r "$sources" "$copy"; then
    echo "frozen.sh: frozen-1.0/ is not what $commit has"
    exit 1
  fi
fi
if [ $# -eq 0 ]; then
  if [ "$sources" = "$copy" ]; then echo "skipped: no history to compare with: $(head -n 1 "$work/log")" && exit 77; fi
  echo "1 passed, 0 failed"
  exit
fi
out=$1
shift
build() { # source, library
  ${CC:-gcc} -std=c11 -D_GNU_SOURCE -O1 -Werror -Wall -Wextra -Wno-missing-field-initializers -fPIC -fvisibility=hidden -shared -DSKEW=0 "-I$sources/include" "$1" -Wl,-z,defs \
    -o "$2" || exit 1
  chmod 0644 "$2"
}
build "$sources/plugin.c" "$out/skew-frozen.so"
for name; do build "$root/tests/plugins/$name.c" "$out/$name.so"; done
