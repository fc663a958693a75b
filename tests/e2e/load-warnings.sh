# load-warnings.sh -- what a plugin says while it is loaded is heard, once for all workers.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
cp "$(find "${PLUGINS%/tests/plugins}/plugins" -name restore-xform.so | head -n 1)" plugins/ || skip "no restore-xform.so"
chmod 0644 plugins/restore-xform.so
cat >pintle.yaml <<'END'
apiVersion: pintle.io/v1alpha1
kind: PluginChain
metadata: {name: default}
spec:
  actions:
  - name: pintle.io/resolve-references
    config:
      storageClasses: {a: b, b: c}
      images: {old.io: new.io, new.io/x: other.io}
      hosts: {"*.a.com": "*.b.com", w.b.com: c.com}
      text: [{value: one, to: two}, {value: two, to: three}]
END
for n in 1 2 3 4 5 6 7 8; do
  printf -- '---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: m%s, namespace: shop}\ndata: {k: v}\n' "$n"
done >items.yaml
for workers in 0 1 5; do
  run "$PINTLE" chain run --phase restore --action pintle.io/resolve-references --concurrency "$workers" --report r.json items.yaml
  expect_status 0
  for said in "storageClasses: a -> b is applied once: storageClasses: b -> c does not follow it, but would in a second run" \
    "images: old.io -> new.io is applied once: images: new.io/x -> other.io does not follow it, but would in a second run" \
    "hosts: *.a.com -> *.b.com is applied once: hosts: w.b.com -> c.com does not follow it, but would in a second run" \
    "text[0]: one -> two is applied once: text[1]: two -> three does not follow it, but might in a second run"; do
    [ "$(grep -cF "warning: $said" err)" = 1 ] || fail "with $workers workers not said once: $said"
    [ "$(grep -cF "\"level\":\"warning\",\"plugin\":\"restore-xform.so\",\"message\":\"$said\"" r.json)" = 1 ] ||
      [ "$workers" = 0 ] || fail "with $workers workers not once in the report: $said"
  done
done
run "$PINTLE" chain run --phase restore --action pintle.io/resolve-references --log-format json items.yaml
[ "$(grep -c '"level":"warning".*is applied once' err)" = 4 ] || fail "not in the log of JSON"
pass
