#!/bin/sh
# chains.sh PINTLE -- the chain as one action, several chains, a configuration in error, a second pintle.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh" "$1"
drop_in yields run_operation operation good skips
mkdir test
echo ok >test/a.go
echo fail >test/b.go
echo hang >test/c.go
cat >plugins/pintle.yaml <<END
apiVersion: pintle.io/v1alpha1
kind: PluginChain
metadata: {name: default}
spec:
  dropIn: {oneAction: true, fileSystemBackupTimeout: 2s}
  actions:
  - {name: tests.pintle.io/yields, kind: BackupItemAction}
  - {name: tests.pintle.io/run-operation, kind: BackupItemAction, config: {dir: $work/run/test, item: "*"}}
  - {name: tests.pintle.io/operation, kind: BackupItemAction, config: {dir: $work/run/test, item: "*"}}
  - {name: tests.pintle.io/run-operation, kind: RestoreItemAction, config: {dir: $work/run/test}}
  - {name: tests.pintle.io/operation, kind: RestoreItemAction, config: {dir: $work/run/test}}
END
item a 'configmaps shop settings' tests.pintle.io/asks
play chain-one plugins
logged error 'operation 11/b failed: the work went wrong'
logged error 'operation 11/c failed: .*exceeded the deadline of 2.0 s'

rm -r plugins
drop_in snapshotter
chain() { printf 'apiVersion: pintle.io/v1alpha1\nkind: PluginChain\nmetadata: {name: default}\nspec: {%s}\n' "$1" >plugins/pintle.yaml; }
chain 'dropIn: {fileSystemBackupTimeout: 2s}'
play chain-copies plugins
chain 'dropIn: {fileSystemBackupTimeout: 1h}, actions: [{name: tests.pintle.io/snapshotter, timeout: 2s}]'
play chain-copies plugins

rm -r plugins
drop_in stores store
stores() {
  cat >plugins/pintle.yaml <<END
apiVersion: velero.io/v1
kind: BackupStorageLocation
metadata: {name: vendor}
spec: {provider: tests.pintle.io/store, objectStorage: {bucket: c, prefix: p}, config: {root: $work/vendor}}
---
apiVersion: pintle.io/v1alpha1
kind: PluginChain
metadata: {name: default}
spec: {actions: [{name: tests.pintle.io/stores, config: {location: "$1"}}]}
END
}
stores vendor
play stores plugins
[ "$(cat "$work/vendor/c/p/plugins/tests.pintle.io/stores/later")" = put-later ] || fail "the operation put nothing"
stores ""
play stores-none plugins

rm -r plugins
drop_in selects good
mkdir plugins/pintle.d
{
  printf 'apiVersion: pintle.io/v1alpha1\nkind: PluginChain\nmetadata: {name: default}\nspec:\n  actions:\n'
  echo '  - {name: tests.pintle.io/selects, config: {resources: [configmaps], namespaces: [shop], not-resources: [pods, secrets], not-namespaces: [web, kube-system], labels: app=web}}'
} >plugins/pintle.yaml
# chain NAME CONFIG: another one
chain() { printf 'apiVersion: pintle.io/v1alpha1\nkind: PluginChain\nmetadata: {name: %s}\nspec: {actions: [{name: tests.pintle.io/selects, config: {%s}}]}\n' "$1" "$2" >"plugins/pintle.d/$1.yaml"; }
chain nightly 'resources: [secrets, configmaps], namespaces: [bank], not-resources: [secrets, nodes], not-namespaces: [web], labels: app=web'
for chain in nightly other; do
  printf '{"metadata":{"name":"b1","namespace":"velero","uid":"11","annotations":{"pintle.io/chain":"%s"}},"spec":{}}\n' $chain >$chain.json
done
for ns in shop bank; do
  printf '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"%s","labels":{"app":"web"}}}\n' $ns >$ns.json
done
play chain-selects plugins
chain other 'labels: "app in (web, api)"'
play chain-selects-all plugins
sed -i 's/^spec: {/spec: {dropIn: {oneAction: true}, /; s/^spec:$/spec:\n  dropIn: {oneAction: true}/' plugins/pintle.yaml plugins/pintle.d/*.yaml # of every chain
play chain-selects-one plugins

rm -r plugins
drop_in fails good
cat >plugins/pintle.yaml <<'END'
apiVersion: pintle.io/v1alpha1
kind: PluginChain
metadata: {name: default}
END
mkdir plugins/pintle.d
cat >plugins/pintle.d/nightly.yaml <<'END'
apiVersion: pintle.io/v1alpha1
kind: PluginChain
metadata: {name: nightly}
spec:
  actions: [{name: tests.pintle.io/fails, kind: BackupItemAction, config: {item: other}}]
END
printf '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"other"}}\n' >other.json
for chain in nightly nightlyy; do
  printf '{"metadata":{"name":"b1","namespace":"velero","uid":"11","annotations":{"pintle.io/chain":"%s"}},"spec":{}}\n' $chain >$chain.json
done
play chain-two plugins

echo 'spec: {actoins: []}' >>plugins/pintle.yaml
play chain-broken plugins
logged error '/pintle.yaml:4:8: PluginChain .*unknown key .*actoins'

mkdir plugins/zz
cp plugins/velero-plugin-pintle plugins/zz/
mv plugins/velero-plugin-pintle plugins/zz/a-velero-plugin-pintle # that one comes first, and has no .so beside it
play chain-second plugins
logged warning 'zz/velero-plugin-pintle lists no plugins, since plugins/zz/a-velero-plugin-pintle comes before it'
left_behind
