# one-bad-of-many.sh -- one plugin that cannot be loaded among fifty good ones: those work, and the reason is there.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
items 10
python3 - "$PLUGINS/good.so" "$PINTLE_PLUGIN_DIR" <<'END'
import sys
code = open(sys.argv[1], "rb").read()
for i in range(49): # the same plugin under 49 names
    open(f"{sys.argv[2]}/g{i:03}.so", "wb").write(code.replace(b"good\0", b"g%03d\0" % i)) # its strings share their ends
END
plugins missing_symbol
run "$PINTLE" plugin list
grep missing_symbol.so out >bad
expect_in bad "symbol"
run "$PINTLE" backup create b1 --from in
expect_status 0
tar -xOzf "$store/backups/b1/b1.tar.gz" resources/configmaps/namespaces/shop/item-09.json >item
for i in 000 024 048; do expect_in item "\"tests.pintle.io/g$i\":\"backup\""; done
[ "$(grep -o 'tests.pintle.io/g0' item | wc -l)" -eq 49 ] || fail "not all 49 ran"
pass
