# ask-items.sh -- a plugin asks for items of the run's input, and gets those, and only those.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins run_items good
mkdir in
# asker NAME ANNOTATION... : a ConfigMap that asks
asker() {
  n=$1 && shift
  { echo "apiVersion: v1"; echo "kind: ConfigMap"; echo "metadata:"; echo "  name: $n"; echo "  namespace: shop"; echo "  annotations:"
    for a; do echo "    tests.pintle.io/$a"; done; } >"in/a-$n.yaml"
}
expect_answer() { # NAME KEY VALUE
  got=$(tar -xOzf "$store/backups/$backup/$backup.tar.gz" "resources/configmaps/namespaces/shop/$1.json" |
    python3 -c 'import json,sys; print(json.load(sys.stdin)["metadata"]["annotations"].get("tests.pintle.io/"+sys.argv[1]))' "$2")
  [ "$got" = "$3" ] || fail "$1 was told \"$got\", not \"$3\""
}
asker get 'get: configmaps shop item-07'
asker absent 'get: configmaps shop nobody'
asker other 'get: secrets shop item-07'
asker excluded 'get: configmaps other far'
asker list 'list: configmaps shop ' 'kind: apps/v1 Deployment'
asker labels 'list: configmaps shop half=odd,!never|'
asker sets 'list: configmaps - half in (odd)|'
asker fields 'list: "configmaps shop |metadata.name=item-03"'
asker unlike 'list: "configmaps shop half|metadata.name!=item-03,data.number!=5"'
asker deep 'list: "configmaps shop |data.number==12"'
asker rubbish 'list: "configmaps shop |metadata.name"'
asker rubbish2 'list: configmaps shop a=b=c|'
asker none 'list: pods shop ' 'kind: v1 Unheard'
asker guessed 'kind: example.com/v1 Widget' 'list: "widgets - "'
asker write 'write: x'
python3 - <<'END'
import json
for i in range(100):
    json.dump({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": f"item-{i:02}", "namespace": "shop", "labels": {"half": "odd" if i % 2 else "even"}},
               "data": {"number": str(i), "text": "x" * 20000}}, open(f"in/item-{i:02}.json", "w"))
json.dump({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "far", "namespace": "other"}, "data": {"number": "far"}}, open("in/far.json", "w"))
json.dump({"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "w", "namespace": "shop"}}, open("in/w.json", "w"))
END
for backup in b5 b1 b0; do
  run "$PINTLE" backup create $backup --from in --include-namespaces shop --concurrency "${backup#b}"
  expect_status 0
  expect_clean
  expect_answer get got 7
  expect_answer absent got -3
  expect_answer other got -3
  expect_answer excluded got -3 # the run does not back it up
  expect_answer list listed "115 $((100 * 7 + 3 + 6 + 5 + 8 + 4 + 6 + 4 + 6 + 6 + 4 + 7 + 8 + 4 + 7 + 5)) 1"
  expect_answer list resource 'deployments 1'
  expect_answer labels listed '50 350 1'
  expect_answer sets listed '50 350 1'
  expect_answer fields listed '1 7 1'
  expect_answer unlike listed '98 686 1'
  expect_answer deep listed '1 7 1'
  expect_answer rubbish listed -2
  expect_answer rubbish2 listed -2
  expect_answer none listed '0 0 0'
  expect_answer none resource -3
  expect_answer guessed resource 'widgets 1'
  expect_answer guessed listed '1 1 0'
  expect_answer write wrote -8
done
# Restore: the backup, as stored, whatever is restored of it.
rm in/a-*.yaml && asker get 'get: configmaps other far' && asker write 'write: x'
run "$PINTLE" backup create full --from in
expect_status 0
run "$PINTLE" restore create r1 --from-backup full --to to --include-namespaces shop
expect_status 0
grep -rq 'tests.pintle.io/got.*far' to || fail "the restore was told otherwise"
# A dry run writes nothing.
run "$PINTLE" chain run --phase backup --action tests.pintle.io/items -o diff in/a-write.yaml
expect_status 0
grep -q '"-5"' out || fail "a write in a dry run is not denied"
pass
