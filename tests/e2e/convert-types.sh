# convert-types.sh -- a field of another type is told and its item stays; nothing fails, nothing is lost unsaid.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
cp "$(find "${PLUGINS%/tests/plugins}/plugins" -name restore-xform.so | head -n 1)" plugins/ || skip "no restore-xform.so"
chmod 0644 plugins/restore-xform.so
rows=$here/../unit/xform_convert.rows
python3 "$here/convert_types.py" make "$rows" in.json || fail "no items"
[ "$(wc -l <in.json)" -gt 9000 ] || fail "$(wc -l <in.json) items only"
for force in false true; do
  cat >chain.yaml <<END
apiVersion: pintle.io/v1alpha1
kind: PluginChain
metadata: {name: default}
spec: {actions: [{name: pintle.io/convert-api-version, config: {targetVersion: "1.36", force: $force}}]}
END
  run "$PINTLE" chain run --config chain.yaml --phase restore --action pintle.io/convert-api-version -o json --report report.json in.json
  mv out items.json
  run python3 "$here/convert_types.py" check in.json items.json report.json
  expect_status 0
done
pass
