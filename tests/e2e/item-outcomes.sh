# item-outcomes.sh -- get --details: what each item of a run came to, by whom, for people and as JSON lines; -L makes columns of labels.
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins good run_fails run_skips run_segv && items 5
cat >pintle.yaml <<'END'
apiVersion: pintle.io/v1alpha1
kind: PluginChain
metadata: {name: default}
spec:
  actions:
  - {name: tests.pintle.io/good}
  - {name: tests.pintle.io/fails, config: {item: item-01}}
  - {name: tests.pintle.io/skips, config: {item: item-02}}
  - {name: tests.pintle.io/segv, config: {item: item-03}}
END
run "$PINTLE" backup create b1 --from in --labels example.com/tier=gold,app=shop
expect_status 3
run "$PINTLE" backup get b1 --details -o json
expect_status 0
python3 - out backup <<'END' || fail "outcomes of the backup"
import json, sys
lines = [json.loads(l) for l in open(sys.argv[1])]
assert [l["name"] for l in lines] == ["item-%02d" % i for i in range(5)], lines
assert all(l["resource"] == "configmaps" and l["namespace"] == "shop" for l in lines)
good = "tests.pintle.io/good"
assert lines[0] == {"resource": "configmaps", "namespace": "shop", "name": "item-00", "outcome": "stored", "actions": [good]}, lines[0]
assert lines[1]["outcome"] == "failed" and lines[1]["by"] == "tests.pintle.io/fails" and "refused for a reason" in lines[1]["message"]
assert lines[2]["outcome"] == "skipped" and lines[2]["by"] == "tests.pintle.io/skips" and lines[2]["message"] == "not wanted here"
assert lines[3]["outcome"] == "failed" and lines[3]["by"] == "tests.pintle.io/segv" and "SIGSEGV" in lines[3]["message"]
assert lines[4]["outcome"] == "stored"
END
run "$PINTLE" backup get b1 --details
expect_status 0
expect_out "stored    configmaps shop/item-00  changed by tests.pintle.io/good" "skipped   configmaps shop/item-02: not wanted here"
run "$PINTLE" backup verify b1
expect_status 0
run "$PINTLE" backup describe b1 --details
expect_status 0
expect_out "Actions:" "tests.pintle.io/good (good@1.0)" "5 calls" "1 error," "1 crash"
run "$PINTLE" backup describe b1 -o json --details
expect_status 0
python3 -c 'import json; a = [x for x in json.load(open("out"))["actions"] if "tests." in x["action"]]; assert [x["calls"] for x in a] == [5, 5, 4, 3], a; assert a[3]["deaths"] == 1, a' ||
  fail "actions as JSON"

rm pintle.yaml plugins/run_*.so && run "$PINTLE" restore create r1 --from-backup b1 --to to
expect_status 0
run "$PINTLE" restore get r1 --details
expect_out "created   configmaps shop/item-00  changed by pintle.io/reset-metadata, tests.pintle.io/good, pintle.io/restore-labels"
run "$PINTLE" restore describe r1 --details
expect_out "Actions:" "tests.pintle.io/good (good@1.0)"
run "$PINTLE" backup get --details
expect_status 2
# Of Velero's own backups nobody kept it.
rm "$store/backups/b1/b1-pintle"*
run "$PINTLE" backup get b1 --details
expect_status 1
expect_err "it was not kept what each item came to"
run "$PINTLE" backup describe b1 --details
expect_status 0

run "$PINTLE" backup get -L example.com/tier,none -L app
expect_status 0
head -n 1 out | grep -q 'SELECTOR *TIER *NONE *APP$' || fail "-L: $(head -n 1 out)"
tail -n 1 out | grep -q '<none> *gold *<none> *shop$' || fail "-L: $(tail -n 1 out)"
pass
