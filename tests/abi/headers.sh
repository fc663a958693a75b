#!/bin/sh
# headers.sh -- every public header compiles alone, with all warnings, as C and C++.  SPDX-License-Identifier: Apache-2.0
# Usage: headers.sh [INCLUDE-DIR]. Compilers that are not installed are left out; at least one is needed.
include=${1:-$(dirname "$0")/../../plugin-api/include}
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

try() { # label, compiler, options..., file
  label=$1
  shift
  if "$@" -fsyntax-only -Wall -Wextra -Wpedantic -Wpadded -Wshadow -Wundef -Werror "-I$include" 2> "$work/errors"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "$label:"
    cat "$work/errors"
  fi
}

for c in gcc clang-14 clang; do
  command -v "$c" > /dev/null || continue
  [ "$c" = clang ] && command -v clang-14 > /dev/null && continue
  found=1
  for header in $(cd "$include" && find pintle -name '*.h' | LC_ALL=C sort); do
    # Twice: the guard works.
    printf '#include <%s>\n#include <%s>\nint main(void);\nint main(void) { return 0; }\n' "$header" "$header" > "$work/t.c"
    cp "$work/t.c" "$work/t.cc"
    for standard in c11 c17; do try "$c -std=$standard $header" "$c" "-std=$standard" -Wstrict-prototypes "$work/t.c"; done
    for standard in c++11 c++20; do try "$c -std=$standard $header" "$c" "-std=$standard" -x c++ "$work/t.cc"; done
  done
done
if [ -z "${found:-}" ]; then
  echo "headers.sh: no gcc and no clang found"
  exit 2
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
