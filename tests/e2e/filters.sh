# filters.sh -- namespaces, resources, labels and the exclude label choose what is backed up.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
cp -r "$here/manifests" in
cat >in/excluded.json <<'END'
{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"excluded","namespace":"shop","labels":{"velero.io/exclude-from-backup":"true"}}}
END
names() { gzip -dc "$store/backups/$1/$1-resource-list.json.gz" | python3 -c 'import json, sys; print(*sorted(f"{k} {n}" for k, v in json.load(sys.stdin).items() for n in v), sep="\n")' >names; }
run "$PINTLE" backup create all --from in && expect_status 0 && names all
expect_in names "v1/ConfigMap shop/texts" "rbac.authorization.k8s.io/v1/ClusterRole viewer" "example.com/v1alpha1/Gadget big"
expect_not_in names excluded
run "$PINTLE" backup create ns --from in --include-namespaces 'oth*' && expect_status 0 && names ns
expect_in names "v1/ConfigMap other/same-name" "v1/Namespace other"
expect_not_in names shop
run "$PINTLE" backup create ex --from in --exclude-namespaces shop && expect_status 0 && names ex
expect_in names "v1/ConfigMap other/same-name"
expect_not_in names "shop/"
run "$PINTLE" backup create res --from in --include-resources deployments.apps,po && expect_status 0 && names res
expect_in names "apps/v1/Deployment shop/web" "v1/Pod shop/web-1"
expect_not_in names ConfigMap StatefulSet
run "$PINTLE" backup create lab --from in -l app=web && expect_status 0 && names lab
expect_in names "v1/Pod shop/web-1"
expect_not_in names ConfigMap
run "$PINTLE" backup create or --from in --or-selector "app=web or team=yes" && expect_status 0 && names or
expect_in names "v1/Pod shop/web-1" "v1/Namespace shop"
run "$PINTLE" restore create r1 --from-backup all --to to --include-resources configmaps --include-namespaces shop
expect_status 0
expect_file to/shop/configmaps/texts.json
[ -z "$(find to -type f ! -path 'to/shop/configmaps/*' ! -path 'to/_cluster/*')" ] || fail "too much: $(find to -type f)"
pass
