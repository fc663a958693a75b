#!/bin/sh
# control.sh PINTLE -- Velero's client against Velero's framework: a control group for the tests of both sides.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh" "$1"
build velero/goplugin goplugin
item relates 'add configmaps shop b; add widgets.example.com - c; operation; post pods shop d'
item waits 'skip; wait 1500ms; add configmaps shop b'
item fails 'error no such luck'
item panics panic
item slow 'sleep 5s'
python3 -c 'print("{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"large\"},\"data\":{\"x\":\"" + "y" * 5000000 + "\"}}")' >large.json
mkdir plugins test
cp "$work/bin/goplugin" plugins/
export ROOT="$work/run/store" PLUGIN_TEST_DIR="$work/run/test"
play control plugins
[ "$(cat test/deleted)" = "a of b1
held of b1" ] || fail "deleted: $(cat test/deleted)"
grep -q 'create_volume_from_snapshot snap-1 type=gp3 az=az iops=-1' store/calls || fail "calls: $(cat store/calls)"
