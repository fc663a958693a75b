#!/bin/sh
# dropin.sh PINTLE [GO-MOD] -- Velero's client against velero-plugin-pintle, which stands beside PINTLE.  SPDX-License-Identifier: Apache-2.0
client_mod=${2-}
. "$(dirname "$0")/lib.sh" "$1"
drop_in counter delete fails good operation run_operation skips block yields store snapshotter waits no_symbol
mkdir test
export ROOT="$work/run/store"
say() { printf '%s' "$2" >"test/$1"; }
say done.state '{"completed":true,"nCompleted":3,"nTotal":3,"units":"steps","description":"done","started":1700000000000000005,"updated":1700000001000000000}'
say failed.state '{"completed":true,"error":"the vendor gave up"}'
say closed.state '{"status":"FAILED"}'
say crash.state '{"status":"CRASH"}'
say ok.go ok
touch test/calls.hold
op="item: '*', dir: $work/run/test"
cat >plugins/pintle.yaml <<END
apiVersion: pintle.io/v1alpha1
kind: PluginChain
metadata: {name: default}
spec:
  actions:
  - {name: tests.pintle.io/operation, config: {$op, post: self}}
  - {name: tests.pintle.io/run-operation, config: {$op}}
  - {name: tests.pintle.io/waits, config: {$op, variant: "1500"}}
  - {name: tests.pintle.io/delete, config: {calls: $work/run/test/calls}}
END
item asks 'configmaps shop settings, widgets.example.com  big' tests.pintle.io/asks
item with 'secrets/s,configmaps/c' tests.pintle.io/with
python3 -c 'print("{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"large\"},\"data\":{\"x\":\"" + "y" * 10000000 + "\"}}")' >large.json
play dropin plugins
[ "$(cat test/calls)" = "a of b1
victim of b1" ] || fail "deleted: $(cat test/calls)"
grep -q 'create_volume_from_snapshot snap-1 type=gp3 az=az iops=100' store/calls || fail "calls: $(cat store/calls)"

echo "# Velero's log: what it shows, and what its hook takes"
logged warning 'no_symbol.so was set aside'
logged info '"event":"change".*"op":"add".*tests.pintle.io/good'
# What go-plugin of Velero 1.16 says of itself: it closes the pipe of a process that has ended while its own reader is at it.
if grep '"level":"error"' dropin.log | grep -v -e 'plugin process exited' -e '"error":"read |0: file already closed".*"msg":"error encountered while scanning stdout"'; then fail "errors in the log of a run whose calls have returned theirs"; fi

echo "# version 1 of both kinds, and AutoMTLS"
play direct plugins/velero-plugin-pintle direct ''
play direct plugins/velero-plugin-pintle direct mtls
left_behind
