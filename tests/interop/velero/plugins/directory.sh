#!/bin/sh
# directory.sh PINTLE -- what stands beside velero-plugin-pintle: a second one, Go plugins, what stops Velero.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh" "$1"
build velero/goplugin goplugin
drop_in good
mkdir plugins/vendor
cp plugins/velero-plugin-pintle plugins/good.so plugins/vendor/
play second plugins
logged warning 'vendor/velero-plugin-pintle lists no plugins'
rm -r plugins/vendor

echo "# a directory whose name is no UTF-8, which Go would not take in a message"
odd=odd-$(printf '\377')
mkdir "$odd"
cp plugins/velero-plugin-pintle plugins/good.so "$odd"/
client discover "$odd" log >said 2>&1 || fail "Velero does not start: $(cat said)"
rm -r "$odd"

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
