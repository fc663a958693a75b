# report-page.sh -- the page of --report in headless Chromium: tiles, filters, address, diffs, export, keyboard, and nothing of a hostile item runs.
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
command -v chromium >/dev/null || skip "no chromium (tools/install-deps test installs it)"
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
      storageClasses: {gp2: standard}
      hosts: {shop.old.example.com: shop.new.example.org, never.old.example.com: never.new.example.org}
END
python3 - <<'END' || fail "the items"
import json, os
os.mkdir('in')
def put(n, version, kind, name, **more):
    meta = {'name': name, 'namespace': 'shop', **more.pop('meta', {})}
    json.dump({'apiVersion': version, 'kind': kind, 'metadata': meta, **more}, open(f'in/{n:03}.json', 'w'))
claim = {'accessModes': ['ReadWriteOnce'], 'resources': {'requests': {'storage': '1Gi'}}}
put(0, 'v1', 'PersistentVolumeClaim', 'data', spec={'storageClassName': 'gp2', **claim})
rules = [{'host': 'shop.old.example.com'}, {'host': '<img src=x onerror="window.ran=1">.example.com'}]
put(1, 'networking.k8s.io/v1', 'Ingress', 'web', spec={'rules': rules})
put(2, 'v1', 'ConfigMap', 'hostile', data={'a': '</script><script>window.ran = 1</script>'})
put(3, 'v1', 'Secret', 'login', stringData={'password': 'verysecretvalue'},
    meta={'annotations': {'kubectl.kubernetes.io/last-applied-configuration': '{"stringData":{"password":"verysecretvalue"}}'}})
# The annotation is in the patch, since the whole of it is set.
put(4, 'v1', 'PersistentVolumeClaim', 'script', spec={'storageClassName': 'gp2', **claim}, meta={'annotations': {
    'kubectl.kubernetes.io/last-applied-configuration': '{"spec":{"storageClassName":"gp2"},"x":"</script><script>window.ran = 1</script>"}'}})
for i in range(5, 305):
    put(i, 'v1', 'ConfigMap', f'filler-{i}', data={'k': 'v'})
END
run "$PINTLE" restore create r1 --from in --dry-run --report page.html
[ "$status" -eq 0 ] || [ "$status" -eq 3 ] || fail "exit status $status"
expect_not_in page.html verysecretvalue dmVyeXNlY3JldHZhbHVl
run python3 "$here/report_page.py" page.html "$work"
expect_status 0
pass
