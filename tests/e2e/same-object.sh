# same-object.sh -- an object that occurs twice: the last one is kept, and a warning names both places.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
mkdir in
printf '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"shop"},"data":{"n":"first"}}' >in/1.json
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: shop}\ndata: {n: last}\n' >in/2.yaml
printf '{"apiVersion":"extensions/v1beta1","kind":"Ingress","metadata":{"name":"i","namespace":"shop"}}' >in/3.json
run "$PINTLE" backup create b1 --from in
expect_status 0
log_of backup b1
grep level=warning log | grep in/1.json | grep -q in/2.yaml || fail "no warning names both places"
python3 "$here/tar_list.py" "$store/backups/b1/b1.tar.gz" >list
[ "$(grep -c 'configmaps/namespaces/shop/a.json' list)" -eq 1 ] || fail "not once: $(cat list)"
run "$PINTLE" restore create r1 --from-backup b1 --to to
expect_in to/shop/configmaps/a.json last
pass
