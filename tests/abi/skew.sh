#!/bin/sh
# skew.sh -- plugins and hosts of different minor versions work together, under ASan and UBSan.  SPDX-License-Identifier: Apache-2.0
#
# Usage: skew.sh                 all plugins in fake hosts of this header and of a newer one; prints "N passed, 0 failed"
#        skew.sh --core         the same with the real host, core/host, as far as it takes the plugins, and with one whose table ends sooner
#        skew.sh --plugins DIR   only builds DIR/skew-older.so, skew-same.so, skew-newer.so, without sanitizers: for a test of the real host
#        skew.sh --headers DIR   only makes DIR/older and DIR/newer, to compile a host against
# The real host refuses tables smaller than those of 1.0, so it meets `older` only as: host compiled against `newer`, plugin `same`.
# The older header is ours without the last member of many tables; the newer one has one more member at the tail of every table: in that of the
# plugin it is a list of a kind that does not exist today. The frozen plugin is of 1.0, source and headers (frozen.sh).
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
include=$root/plugin-api/include
cc=${CC:-gcc}
mode=${1:-}
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
flags="-std=c11 -D_GNU_SOURCE -g -Wall -Wextra -Wno-missing-field-initializers"
sanitize="-fsanitize=address,undefined -fno-sanitize-recover=all"

cut_member() { # file, member: removes its line, which must exist once
  [ "$(grep -c "$2" "$work/older/pintle/$1")" -eq 1 ] || { echo "skew.sh: $1 has not one line with $2"; exit 2; }
  sed -i "/$2/d" "$work/older/pintle/$1"
}
mkdir "$work/older" "$work/newer"
cp -r "$include/pintle" "$work/older" && cp -r "$include/pintle" "$work/newer" || exit 2
cut_member backup_item_action.h '(\*run_operation)'
cut_member restore_item_action.h '(\*run_operation)'
cut_member object_store.h '(\*put_object_if_absent)'
cut_member descriptor.h 'const char \*const \*env;'
cut_member host.h '(\*extension)'
cut_member action.h '(\*extension)'
cut_member progress.h '\*code;'
cut_member entry.h '\*etag;'
cut_member selector.h '\*labels;'
for f in $(grep -rl struct_size "$work/newer/pintle" --include='*.h'); do
  case $f in */types.h | */helpers.h) continue ;; esac
  sed -i 's/^} \(pintle_[a-z_]*\);$/  void (*newer)(void);\n} \1;/' "$f"
done
sed -i 's/^#define PINTLE_ABI_MINOR .*/#define PINTLE_ABI_MINOR 1u/' "$work/newer/pintle/abi.h"
for age in older newer; do : > "$work/$age/pintle/layout.h"; done

if [ "$1" = --headers ]; then
  mkdir -p "$2" && cp -r "$work/older" "$work/newer" "$2"
  exit
fi
plugin() { # age, SKEW, include, output, options
  # shellcheck disable=SC2086
  $cc $flags $5 -fPIC -fvisibility=hidden -shared "-DSKEW=$2" "-I$3" "$here/skew_plugin.c" -o "$4/skew-$1.so" || exit 2
}
if [ "$1" = --plugins ]; then
  plugin older -1 "$work/older" "$2" -Wl,-z,defs && plugin same 0 "$include" "$2" -Wl,-z,defs && plugin newer 1 "$work/newer" "$2" -Wl,-z,defs
  exit
fi
plugin older -1 "$work/older" "$work" "$sanitize"
plugin same 0 "$include" "$work" "$sanitize"
plugin newer 1 "$work/newer" "$work" "$sanitize"
sh "$here/frozen.sh" "$work" || exit 1

# The generated headers do differ, and a field behind the end is asked for in vain.
cat > "$work/size.c" << 'END'
#include <pintle/plugin.h>
int main(void) { printf("%zu\n", sizeof(pintle_host) + sizeof(pintle_plugin) + sizeof(pintle_result_api) + sizeof(pintle_progress)); return 0; }
END
sizes=
for i in "$work/older" "$include" "$work/newer"; do $cc "-I$i" "$work/size.c" -o "$work/size" && sizes="$sizes$("$work/size") "; done
echo "sizes of older, same, newer: $sizes"
# shellcheck disable=SC2086
set -- $sizes
[ "$#" -eq 3 ] && [ "$1" -lt "$2" ] && [ "$2" -lt "$3" ] || { echo "skew.sh: the headers do not differ"; exit 1; }

passed=0 failed=0
try() { # host, plugin, program, option
  if "$3" "$work/skew-$2.so" $4 > "$work/log" 2>&1; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "host $1, plugin $2:"
    cat "$work/log"
  fi
}
# Compiles the files into one library; only what the program needs is linked.
library() { # directory of objects, library, files...
  objects=$1 archive=$2
  shift 2
  mkdir -p "$objects"
  for f in "$@"; do
    o=$objects/$(echo "${f#"$root"/}" | tr / _).o
    # shellcheck disable=SC2086
    $cc $flags $sanitize $includes -c "$f" -o "$o" || exit 2
  done
  ar rcs "$archive" "$objects"/*.o
}
for host in same newer; do
  headers=$include newer=
  [ $host = newer ] && headers=$work/newer newer=-DNEWER
  includes="$newer -I$headers -I$root/core -I$root/plugin-api/testing/include"
  if [ "$mode" = --core ]; then
    library "$work/o-$host" "$work/$host.a" "$root"/core/base/*.c "$root"/core/item/*.c "$root"/core/kube/*.c "$root"/core/host/*.c
    main=$here/skew_core.c
  else
    library "$work/o-$host" "$work/$host.a" "$root"/core/base/*.c "$root"/core/item/*.c "$root"/plugin-api/testing/*.c
    main=$here/skew_host.c
  fi
  # shellcheck disable=SC2086
  $cc $flags $sanitize $includes "$main" "$work/$host.a" -ldl -lpthread -o "$work/host-$host" || exit 2
  for age in older frozen same newer; do
    [ $host = newer ] && [ $age = newer ] && continue       # nothing would be older than anything
    [ "$mode" = --core ] && [ $age = older ] && continue    # smaller than 1.0: refused
    try $host $age "$work/host-$host"
    [ "$mode" = --core ] && [ $host = same ] && try fewer $age "$work/host-$host" --fewer
  done
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
