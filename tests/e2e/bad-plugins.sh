# bad-plugins.sh -- files that are no plugins are set aside with their reason, and the run goes on.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins good no_symbol wrong_magic new_major exits_in_constructor sleeps_in_constructor crashes_in_constructor rubbish_descriptor empty_name huge_name
head -c 3000 "$PLUGINS/good.so" >plugins/cut.so
: >plugins/empty.so
cp "$here/lib.sh" plugins/text.so
chmod 0644 plugins/*.so
items 5
run "$PINTLE" plugin list
expect_status 0
expect_within 20
expect_out tests.pintle.io/good BackupItemAction RestoreItemAction good.so
cat out err >all
expect_in all no_symbol.so wrong_magic.so new_major.so exits_in_constructor.so sleeps_in_constructor.so crashes_in_constructor.so cut.so empty.so text.so
run "$PINTLE" backup create b1 --from in
expect_status 0
compare in "$store/backups/b1/b1.tar.gz" --annotated tests.pintle.io/good=backup
chmod 0755 plugins/good.so
run "$PINTLE" plugin list
cat out err >all
grep -qi "execut" all || fail "no warning of the execute bit"
expect_clean
pass
