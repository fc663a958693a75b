# velero-preflight.sh -- preflight says what would stop Velero, each with its file.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
dropin=$(dirname "$PINTLE_WORKER")/velero-plugin-pintle
mkdir velero
cp "$dropin" velero/
cp "$PLUGINS/run_noop.so" "$PLUGINS/run_fails.so" velero/
chmod a-x velero/*.so
run "$PINTLE" plugin preflight velero
expect_status 0
expect_out "nothing here stops Velero: 4 plugins, 0 warnings"

echo "not a plugin" >velero/text.so # set aside: Velero starts without it
run "$dropin" preflight velero
expect_status 0
expect_out "warning: plugin velero/text.so was set aside: is no ELF file" "1 warning"

printf '#!/bin/sh\nexit 3\n' >velero/script
chmod +x velero/script velero/run_fails.so
ln -s nowhere velero/broken
ln -s . velero/round
mkdir velero/later
cp "$dropin" velero/later/
cat >velero/pintle.yaml <<'EOF'
apiVersion: pintle.io/v1alpha1
kind: PluginChain
metadata: {name: default}
spec:
  plugins: [{name: text.so}]
  actions:
  - {name: tests.pintle.io/nowhere}
  - {name: tests.pintle.io/noop, kind: BackupItemAction, config: {itme: x}}
EOF
run "$dropin" preflight velero
expect_status 2
expect_out "fault: velero/script: is no plugin that Velero can start" "exit status 3" \
  "fault: velero/run_fails.so: has an execute bit (mode 0755)" "fault: velero/broken: is a broken symbolic link" \
  "fault: velero/round: is a symbolic link to a directory" "lists no plugins, since velero/later/velero-plugin-pintle comes before it" \
  "warning: "
rm -r velero/later
run "$dropin" preflight velero
expect_status 2
expect_out "text.so was set aside: is no ELF file; the chain lists it" \
  "velero/pintle.yaml:7:5: the chain lists action tests.pintle.io/nowhere, which no plugin here has" 'unknown option "itme"' pintle.yaml:8:
[ "$(grep -c 'unknown option "itme"' out)" -eq 1 ] || fail "said more than once: $(cat out)"

# a directory that its reader may not read; an action whose name is none; chains of which none is the usual one
mkdir other other/closed other/pintle.d
cp "$dropin" "$PLUGINS/run_noop.so" "$PLUGINS/empty_name.so" other/
chmod a-x other/*.so
for name in a b; do printf 'apiVersion: pintle.io/v1alpha1\nkind: PluginChain\nmetadata: {name: %s}\n' $name >other/pintle.d/$name.yaml; done
run "$dropin" preflight other
expect_status 0
expect_out "warning: none of the chains is named default, so every Backup and Restore needs the annotation pintle.io/chain"
chmod 0000 other/closed
if [ "$(id -u)" = 0 ]; then chmod 0711 . && set -- setpriv --reuid 65534 --regid 65534 --clear-groups; else set --; fi
run "$@" "$dropin" preflight other
expect_status 2
expect_out "fault: other/closed: cannot be read, and Velero reads every directory" "1 fault"
chmod 0755 other/closed

for tool in "$dropin preflight" "$PINTLE plugin preflight"; do
  run $tool --help
  expect_status 0
  expect_out "Say what would stop Velero if DIR were its plugin directory" "Examples:" "preflight /plugins"
done
run "$dropin" preflight nowhere
expect_status 1
expect_err "cannot read nowhere"
pass
