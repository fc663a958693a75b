#!/bin/sh
# template.sh -- the template builds, tests and installs outside of our tree, as a vendor would.  SPDX-License-Identifier: Apache-2.0
# Usage: template.sh PKG-CONFIG-DIR [TEMPLATE-DIR]; PKG-CONFIG-DIR holds pintle-plugin.pc, or is meson-uninstalled of a build tree.
# SETUP_ARGS goes to meson setup: -Db_sanitize=... when libpintle-testing.a was built with it.
template=${2:-$(dirname "$0")/../../plugin-api/template}
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
fail() {
  echo "template.sh: $1"
  cat "$work/log"
  exit 1
}
cp -r "$template" "$work/src"
# shellcheck disable=SC2086
PKG_CONFIG_PATH=$1 meson setup "$work/build" "$work/src" --prefix "$work/usr" ${SETUP_ARGS:-} > "$work/log" 2>&1 || fail "meson setup failed"
grep -q 'pintle-testing found: YES' "$work/log" || fail "pintle-testing.pc was not found"
meson compile -C "$work/build" -j1 > "$work/log" 2>&1 || fail "the template does not compile"
meson test -C "$work/build" > "$work/log" 2>&1 || fail "the template's test fails"
exported=$(nm -D --defined-only "$work/build/stamp.so" | awk '{print $3}')
[ "$exported" = pintle_plugin_v1 ] || fail "stamp.so exports: $exported"
DESTDIR=$work/root meson install -C "$work/build" > "$work/log" 2>&1 || fail "meson install failed"
so=$(find "$work/root" -name stamp.so)
[ -n "$so" ] && [ "$(stat -c %a "$so")" = 644 ] || fail "stamp.so was not installed with mode 0644"
echo "1 passed, 0 failed"
