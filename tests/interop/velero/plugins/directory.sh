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

echo "# two vendors' files of one plugin: the second is left out, and Velero starts; a .so that is replaced meanwhile is the old one to the end"
cp plugins/good.so plugins/zz.so
item a x x
mkfifo calls
client run plugins twice.log <calls >said 2>&1 &
pid=$!
exec 5>calls
printf 'list\nbackup tests.pintle.io/good @a.json\nlist\n' >&5
for _ in $(seq 100); do grep -q '"tests.pintle.io/good":"backup"' said && break; sleep 0.1; done
echo "no plugin" >plugins/new && mv plugins/new plugins/good.so
printf 'restore tests.pintle.io/good @a.json\n~ "tests.pintle.io/good":"restore"\nbackup tests.pintle.io/good @a.json\n~ "tests.pintle.io/good":"backup"\n' >&5
exec 5>&-
wait $pid || fail "replaced meanwhile: $(cat said)"
[ "$(grep -c '"BackupItemActionV2 tests.pintle.io/good","RestoreItemActionV2 tests.pintle.io/good"\]' said)" -eq 2 ] || fail "listed: $(cat said)"
script=twice
logged warning 'zz.so was set aside.*has the name good, as '
cp "$PLUGINS/good.so" plugins/ && rm plugins/zz.so

echo "# two plugins with an action of one name: the second is left out, whole; the same name for another kind is no repetition"
cp "$PLUGINS/repeats_name.so" "$PLUGINS/same_name_other_kind.so" plugins/
chmod 0644 plugins/*.so
play repeats plugins
logged warning 'repeats_name.so was set aside: repeats BackupItemAction tests.pintle.io/good of plugins/good.so'
rm plugins/repeats_name.so plugins/same_name_other_kind.so

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
