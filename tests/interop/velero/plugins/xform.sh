#!/bin/sh
# xform.sh PINTLE PLUGINS -- Velero's client, the drop-in and restore-xform.so: changes, findings, and a report from the log.
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh" "$1"
PLUGINS=$(realpath "$2")
drop_in restore-xform
cat >plugins/pintle.yaml <<'END'
apiVersion: pintle.io/v1alpha1
kind: PluginChain
metadata: {name: default}
spec:
  actions:
  - name: pintle.io/resolve-references
    config:
      storageClasses: {gp2: standard}
      hosts: {"*.old.example.com": "*.new.example.com"}
  - {name: pintle.io/convert-api-version, config: {targetVersion: "1.36"}}
END
play xform plugins
[ "$(grep -c '"code":"not-checked"' xform.log)" -eq 1 ] || fail "not-checked is said $(grep -c '"code":"not-checked"' xform.log) times"
grep '"code":"not-checked"' xform.log | grep -q '"level":"info"' || fail "not-checked is no info line"
"$PINTLE" restore report --log xform.log --report report.json >said 2>log || fail "no report from the log"
for text in not-checked shop.old.example.com shop.new.example.com standard policy/v1; do
  grep -q -F "$text" report.json || fail "the report lacks $text"
done
exit 0
