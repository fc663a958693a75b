# child-fails.sh -- a child that fails is a warning on its parent, and the parent is kept.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins run_yields run_segv run_fails good && items 5 && chain segv item-03
cat >in/asks.json <<'END'
{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"asks","namespace":"shop","annotations":{"tests.pintle.io/asks":"configmaps shop item-03"}}}
END
run "$PINTLE" backup create b1 --from in
expect_status 3
compare in "$store/backups/b1/b1.tar.gz" --annotated tests.pintle.io/good=backup --missing item-03
log_of backup b1
grep level=warning log | grep name=asks | grep -q item-03 || fail "no warning on the parent"
pass
