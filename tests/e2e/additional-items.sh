# additional-items.sh -- items that an action asks for stand before the one that asked, once.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins run_yields good && items 5
cat >in/asks.yaml <<'END'
apiVersion: v1
kind: ConfigMap
metadata:
  name: asks
  namespace: shop
  annotations: {tests.pintle.io/asks: "configmaps shop item-04, configmaps shop item-03, configmaps shop item-04, configmaps shop nobody, configmaps other excluded"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: excluded, namespace: other}
END
run "$PINTLE" backup create b1 --from in --include-namespaces shop
expect_status 0
expect_clean
log_of backup b1
grep level=warning log | grep -q nobody || fail "no warning for the item that is not there"
python3 "$here/tar_list.py" "$store/backups/b1/b1.tar.gz" | grep -o '/namespaces/.*json' | sort | uniq -c | awk '$1 != 2 { print; exit 1 }' >twice || fail "$(cat twice)"
order=$(python3 "$here/tar_list.py" "$store/backups/b1/b1.tar.gz" | sed -n 's,^resources/configmaps/namespaces/[^/]*/\([^ ]*\).json.*,\1,p' | tr '\n' ' ')
[ "$order" = "item-04 item-03 asks item-00 item-01 item-02 " ] || fail "order: $order"
run "$PINTLE" restore create r1 --from-backup b1 --to to
expect_status 0
compare to to
pass
