#!/bin/sh
# directory.sh PINTLE -- what stands beside velero-plugin-pintle: chains, a second one, Go plugins, faults.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh" "$1"
build velero/goplugin goplugin
chain() { printf 'apiVersion: pintle.io/v1alpha1\nkind: PluginChain\nmetadata: {name: %s}\nspec:\n' "$1"; }
item x y x

drop_in good fails
mkdir plugins/pintle.d
fails='  actions: [{name: tests.pintle.io/fails, config: {item: '
{ chain default && echo "$fails '*'}}]"; } >plugins/pintle.yaml
{ chain dev && echo "$fails nothing}}]"; } >plugins/pintle.d/dev.yaml
play chains plugins
rm -r plugins

drop_in good prints
{ chain default && printf '  dropIn: {oneAction: true}\n  actions: [{name: tests.pintle.io/good}, {name: tests.pintle.io/prints, config: {item: "*"}}]\n'; } >plugins/pintle.yaml
play whole plugins
rm -r plugins

drop_in good
{ chain default && echo '  nonsense: 1'; } >plugins/pintle.yaml
play broken plugins
rm -r plugins

drop_in good
mkdir plugins/vendor
cp plugins/velero-plugin-pintle plugins/good.so plugins/vendor/
play second plugins
logged warning 'vendor/velero-plugin-pintle lists no plugins'
rm -r plugins/vendor

cp "$work/bin/goplugin" plugins/
play beside plugins
left_behind

echo "# names that Velero has itself stop nobody; what an executable .so comes to is said before Velero says it"
"$executable" preflight plugins >said 2>&1 || fail "preflight finds fault: $(cat said)"
chmod 0755 plugins/good.so
status=0
"$executable" preflight plugins >said 2>&1 || status=$?
[ "$status" -eq 2 ] && grep -q good.so said || fail "preflight: exit status $status: $(cat said)"
if client discover plugins log >said 2>&1; then fail "Velero starts all the same"; fi
