# unresolved.sh -- what still points at the old cluster is found alike in a dry run, a restore and a chain run, and stops for --fail-on.
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
cp "$(find "${PLUGINS%/tests/plugins}/plugins" -name restore-xform.so | head -n 1)" plugins/ || skip "no restore-xform.so"
chmod 0644 plugins/restore-xform.so
mkdir in
cat >in/all.yaml <<'END'
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      serviceAccountName: web
      imagePullSecrets: [{name: pull}]
      containers:
      - name: c
        image: i
        env: [{name: A, value: "x.corp.old:80"}]
        envFrom: [{secretRef: {name: gone}}, {configMapRef: {name: maybe, optional: true}}]
---
apiVersion: v1
kind: Secret
metadata: {name: pull, namespace: shop}
stringData: {host: x.corp.old}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: web, namespace: shop}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: c, namespace: shop}
data: {a: db.shop.svc.cluster.local}
END
cat >pintle.yaml <<'END'
apiVersion: pintle.io/v1alpha1
kind: PluginChain
metadata: {name: default}
spec:
  actions:
  - name: pintle.io/resolve-references
    config:
      namespaces: false
      unresolved: {oldSuffixes: [corp.old]}
END
findings() { sed -n 's/^.*\(unresolved: [^"]*\)".*/\1/p; s/^warning: .*: \(unresolved: .*\) (pintle.io.*$/\1/p' | sort; }
cat >expected <<'END'
unresolved: Secret gone of namespace shop is not in the backup at /spec/template/spec/containers/0/envFrom/0/secretRef/name
unresolved: still names a service of the namespace shop, which is restored as store at /data/a
unresolved: still names x.corp.old, which is of the old cluster (oldSuffixes) at /spec/template/spec/containers/0/env/0/value
END
run "$PINTLE" backup create b1 --from in
expect_status 0
for how in "" --dry-run "--concurrency 1" "--concurrency 4 --dry-run"; do
  rm -rf to
  # shellcheck disable=SC2086
  run "$PINTLE" restore create "r-$(echo "$how" | tr -cd a-z0-9)x" --from-backup b1 --to to --namespace-mappings shop:store $how --fail-on unresolved
  expect_status 4
  expect_err "--fail-on unresolved: 3 unresolved references"
  case $how in *dry-run*) cp err log ;; *) log_of restore "r-$(echo "$how" | tr -cd a-z0-9)x" ;; esac
  findings <log >found
  diff -u expected found || fail "restore $how finds something else"
done
# the chain alone, of a backup and of a directory: without the mapping
for from in "--from-backup b1" in; do
  # shellcheck disable=SC2086
  run "$PINTLE" chain run --phase restore --action pintle.io/resolve-references $from
  expect_status 0
  findings <err >found
  sed 2d expected | diff -u - found || fail "chain run $from finds something else"
done
# a file is no backup, unless that is said
run "$PINTLE" chain run --phase restore --action pintle.io/resolve-references in/all.yaml
expect_status 0
expect_not_in err "is not in the backup"
expect_err "still names x.corp.old"
sed -i 's/unresolved: {/unresolved: {references: true, /' pintle.yaml
run "$PINTLE" chain run --phase restore --action pintle.io/resolve-references in/all.yaml
expect_err "Secret gone of namespace shop is not in the backup"
sed -i 's/references: true/ignore: ["Secret\/*\/gone", "*.corp.old", Namespace\/*]/' pintle.yaml
run "$PINTLE" restore create r9 --from-backup b1 --to to9 --namespace-mappings shop:store --fail-on unresolved,warnings
expect_status 0
sed -i 's/ignore:/ignor:/' pintle.yaml
run "$PINTLE" restore create r10 --from-backup b1 --to to10
expect_status 2
expect_err pintle.yaml:9: 'unknown key "ignor"; did you mean "ignore"?'

# the examples of the plugin's page
rm -rf pintle.yaml in
cat >examples.py <<'END'
import re, sys, textwrap
text = open(sys.argv[1]).read()
found = re.findall(r"<!-- unresolved -->\n```yaml\n(.*?)```\n```yaml\n(.*?)```\n```\n(.*?)```\n", text, re.S)
assert len(found) == text.count("<!-- unresolved -->") == 2
for i, (config, items, said) in enumerate(found):
    head = "apiVersion: pintle.io/v1alpha1\nkind: PluginChain\nmetadata: {name: default}\nspec:\n  actions:\n  - name: pintle.io/resolve-references\n"
    open("chain-%d.yaml" % i, "w").write(head + "    config:\n" + textwrap.indent(config, " " * 6))
    open("in-%d.yaml" % i, "w").write(items)
    open("said-%d" % i, "w").write(said)
END
run python3 examples.py "$here/../../plugins/restore-xform/README.md"
expect_status 0
for i in 0 1; do
  mkdir -p "in-$i" && mv "in-$i.yaml" "in-$i/all.yaml"
  run "$PINTLE" chain run --phase restore --action pintle.io/resolve-references --config "chain-$i.yaml" "in-$i"
  expect_status 0
  sed -n 's/^warning: \(.*\) (pintle.io.*$/\1/p' err | sort >warned
  sort "said-$i" | diff -u - warned || fail "example $i of the page"
done
pass
