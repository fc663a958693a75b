# cli-create-yaml.sh -- create -o yaml prints the resource and does nothing; -f runs it.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
items 4
run "$PINTLE" backup create b1 --include-namespaces shop --labels app=shop -l '!none' --ttl 48h -o yaml
expect_status 0
expect_out "kind: Backup" "apiVersion: velero.io/v1" "ttl: 48h0m0s" "- shop"
expect_no_file "$store"
cp out backup.yaml
run "$PINTLE" backup create -f backup.yaml -o yaml
expect_status 0
expect_same out backup.yaml
run "$PINTLE" backup create -f backup.yaml --from in --labels tier=web
expect_status 0
run "$PINTLE" backup get -l app=shop,tier=web
expect_out b1 Completed "!none"
run "$PINTLE" backup create b2 -f backup.yaml --from in # under another name
expect_status 0
run "$PINTLE" restore create r1 --from-backup b1 --namespace-mappings shop:test -o json
expect_status 0
python3 -c 'import json; d = json.load(open("out")); assert d["kind"] == "Restore" and d["spec"]["namespaceMapping"] == {"shop": "test"}' || fail "restore -o json"
sed 's/includedNamespaces/includedNamespace/' backup.yaml >wrong.yaml
run "$PINTLE" backup create -f wrong.yaml --from in
expect_status 2
expect_err wrong.yaml: includedNamespaces
run "$PINTLE" restore create -f backup.yaml --to to
expect_status 2
expect_err "holds no Restore"
pass
