# dry-run-long.sh -- the diff of one changed line in a string of 4 KB stays short.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
mkdir in && cp "${PLUGINS%/tests/plugins}/plugins/restore-xform/restore-xform.so" plugins/ 2>err || cp "$(find "${PLUGINS%/tests/plugins}/plugins" -name restore-xform.so | head -n 1)" plugins/ || skip "no restore-xform.so"
python3 - <<'END'
import json
lines = [f"line {i} of the configuration, as it was" for i in range(100)]
lines[50] = "url = http://old.example.com/path"
json.dump({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "long", "namespace": "shop"}, "data": {"app.conf": "\n".join(lines)}}, open("in/long.json", "w"))
END
cat >pintle.yaml <<'END'
apiVersion: pintle.io/v1alpha1
kind: PluginChain
metadata: {name: default}
spec:
  actions:
  - name: pintle.io/resolve-references
    config: {configMaps: [{pattern: "\\bold\\.example\\.com\\b", to: new.example.com}]}
END
run "$PINTLE" chain run --phase restore --action pintle.io/resolve-references -o diff in
expect_status 0
expect_out "-" "old.example.com" "new.example.com" "line 49" "line 51"
expect_not_in out "line 40 of"
n=$(wc -c <out)
[ "$n" -lt 1500 ] || fail "the diff has $n bytes"
pass
