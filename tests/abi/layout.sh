#!/bin/sh
# layout.sh -- layout and values of 1.0 are what they were; a packed include is an error.  SPDX-License-Identifier: Apache-2.0
here=$(dirname "$0")
include=${1:-$here/../../plugin-api/include}
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
passed=0 failed=0
result() { # status, label
  if [ "$1" -eq 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)) && echo "$2" && cat "$work/log"; fi
}
for c in gcc clang-14; do
  command -v "$c" > /dev/null || continue
  "$c" -std=c11 -Wall -Wextra -Werror -fsyntax-only "-I$include" "$here/layout.c" > "$work/log" 2>&1
  result $? "$c: C"
  "$c" -x c++ -std=c++11 -Wall -Wextra -Werror -fsyntax-only "-I$include" "$here/layout.c" > "$work/log" 2>&1
  result $? "$c: C++"
  printf '#pragma pack(1)\n#include <pintle/plugin.h>\n' > "$work/packed.c"
  ! "$c" -std=c11 -fsyntax-only "-I$include" "$work/packed.c" > "$work/log" 2>&1
  result $? "$c: #pragma pack(1) went unnoticed"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
