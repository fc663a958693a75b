# xform-limits.sh -- inNamespaces is where an item goes, inOriginalNamespaces where it was, in a restore with a mapping as in a chain run.
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
cp "$(find "${PLUGINS%/tests/plugins}/plugins" -name restore-xform.so | head -n 1)" plugins/ || skip "no restore-xform.so"
chmod 0644 plugins/restore-xform.so
mkdir in
cat >in/all.yaml <<'END'
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop}
spec: {rules: [{host: a.old.com}, {host: b.old.com}, {host: c.old.com}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: c, namespace: shop}
data: {k: v}
END
cat >pintle.yaml <<'END'
apiVersion: pintle.io/v1alpha1
kind: PluginChain
metadata: {name: default}
spec:
  actions:
  - name: pintle.io/resolve-references
    config:
      configMaps: [{namespace: store, key: k, to: new}]
      rules:
      - {inNamespaces: [store], hosts: {a.old.com: a.new.com}}
      - {inOriginalNamespaces: [shop], hosts: {b.old.com: b.new.com}}
      - {inNamespaces: [shop], hosts: {c.old.com: c.new.com}}
END
run "$PINTLE" backup create b1 --from in
expect_status 0
run "$PINTLE" restore create r1 --from-backup b1 --to to --namespace-mappings shop:store
expect_status 0
i=to/store/ingresses.networking.k8s.io/web.json
expect_in $i a.new.com b.new.com c.old.com
expect_in to/store/configmaps/c.json '"new"'
log_of restore r1
expect_in log "rules[2].hosts: c.old.com -> c.new.com: never matched; it would have matched 1 item but for inNamespaces" \
  "still names c.old.com: rules[2].hosts: c.old.com -> c.new.com is for other items (inNamespaces) at /spec/rules/2/host"
run "$PINTLE" restore create r2 --from-backup b1 --to to2
expect_status 0
expect_in to2/shop/ingresses.networking.k8s.io/web.json a.old.com b.new.com c.new.com
expect_in to2/shop/configmaps/c.json '"v"'
pass
