# archive-lies.sh -- items that say another name, namespace, group or kind than their place in the archive.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
python3 - <<'END'
import io, json, tarfile

def item(kind, name, namespace=None, api="v1"):
    return {"apiVersion": api, "kind": kind, "metadata": {"name": name, **({"namespace": namespace} if namespace else {})}}

shop = "resources/configmaps/namespaces/shop/"
members = {
    shop + "right.json": item("ConfigMap", "right", "shop"),
    shop + "unsaid.json": item("ConfigMap", "unsaid"),
    shop + "name.json": item("ConfigMap", "another", "shop"),
    shop + "namespace.json": item("ConfigMap", "namespace", "elsewhere"),
    shop + "kind.json": item("Secret", "kind", "shop"),
    shop + "group.json": item("ConfigMap", "group", "shop", "apps/v1"),
    "resources/configmaps/cluster/scope.json": item("ConfigMap", "scope"),
    "resources/persistentvolumes/namespaces/shop/pv.json": item("PersistentVolume", "pv"),
    "resources/foos.example.com/namespaces/shop/foo.json": item("Foo", "foo", "shop", "example.com/v1"),
    "resources/foos.example.com/namespaces/shop/bar.json": item("Bar", "bar", "shop", "example.com/v1"),
}
with tarfile.open("lies.tar.gz", "w:gz") as tar:
    for path, value in members.items():
        text = json.dumps(value).encode()
        info = tarfile.TarInfo(path)
        info.size = len(text)
        tar.addfile(info, io.BytesIO(text))
END
run "$PINTLE" restore create r1 --from lies.tar.gz --to to
expect_status 3
for place in "$(printf '%s' 'shop/name.json: the item calls itself shop/another')" "shop/namespace.json: the item calls itself elsewhere/namespace" \
  "shop/pv.json: PersistentVolume is cluster-scoped"; do grep "^warning: " err | grep -qF "$place" || fail "no warning: $place"; done
for place in "shop/kind.json: the item says it is a Secret (secrets), its place in the archive configmaps" "shop/group.json: the item says apps/v1" \
  "shop/bar.json: the item says it is a Bar (bars), its place in the archive foos"; do grep "^error: " err | grep -qF "$place" || fail "no error: $place"; done
find to -type f | sort >have
printf 'to/%s.json\n' _cluster/persistentvolumes/pv default/configmaps/scope shop/configmaps/another shop/configmaps/namespace shop/configmaps/right \
  shop/configmaps/unsaid shop/foos.example.com/foo >want
expect_same have want
grep -q '"namespace": "shop"' to/shop/configmaps/namespace.json || fail "the namespace is not that of the place"
pass
