# cli-plugins.sh -- plugin list shows every file with its reason, plugin inspect what one says of itself.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins good no_symbol
chmod 0755 plugins/good.so
echo "not a plugin" >plugins/text.so
run "$PINTLE" plugin list
expect_status 0
expect_out "FILE" "KIND" "NAME" "VERSION" "STATUS" good.so tests.pintle.io/good loaded "set aside: no_symbol.so" "set aside: text.so" "warning: good.so"
run "$PINTLE" plugin inspect plugins/good.so
expect_status 0
expect_out "SHA-256:" "ABI:" "Warning:" BackupItemAction tests.pintle.io/good "Selects:"
cp out by-file
run "$PINTLE" plugin inspect good
expect_status 0
sed 's/^File:.*//' out >a && sed 's/^File:.*//' by-file >b && expect_same a b
run "$PINTLE" plugin inspect plugins/text.so
expect_status 1
expect_out "Reason:"
run "$PINTLE" plugin inspect goood
expect_status 2
expect_err "did you mean good"
pass
