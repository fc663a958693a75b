# ordered-resources.sh -- spec.orderedResources: these first, in this order.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
items 5
cat >in/z.yaml <<'END'
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: vol}
END
names() { python3 "$here/tar_list.py" "$store/backups/$1/$1.tar.gz" | sed -n '/preferredversion/d; s,^resources/.*/\([^ ]*\).json.*,\1,p' | tr '\n' ' '; }
run "$PINTLE" backup create b1 --from in --ordered-resources 'configmaps=shop/item-03,shop/nobody,shop/item-01,shop/item-03;nothings=a/b;persistentvolumes=vol;pods=shop/web'
expect_status 0
[ "$(names b1)" = "web vol item-03 item-01 item-00 item-02 item-04 " ] || fail "order: $(names b1)"
log_of backup b1
grep level=warning log >warnings
expect_in warnings "cannot find resource 'shop/nobody' among the configmaps" "there is no resource nothings" "'shop/item-03' among the configmaps of the backup a second time"
[ "$(wc -l <warnings)" -eq 3 ] || fail "$(cat warnings)"
# Filters come first: what they leave out cannot be ordered.
run "$PINTLE" backup create b2 --from in --exclude-resources pods --ordered-resources 'pods=shop/web;configmaps=shop/item-04'
expect_status 0
[ "$(names b2)" = "item-04 item-00 item-01 item-02 item-03 vol " ] || fail "order: $(names b2)"

# Ordered resources of one type are one block; so they go to one worker.
rm in/z.yaml && plugins run_block && items 60
run "$PINTLE" backup create b3 --from in --concurrency 4 --ordered-resources "configmaps=$(seq -f shop/item-%02.0f -s , 20 59)"
expect_status 0
python3 - "$store/backups/b3/b3.tar.gz" <<'END' >"$work/out" 2>"$work/err" || fail "not one worker"
import json, sys, tarfile
tar = tarfile.open(sys.argv[1])
notes = [json.load(tar.extractfile(e))["metadata"]["annotations"] for e in tar if e.name.startswith("resources/configmaps/namespaces/")]
calls = [int(n["tests.pintle.io/call"]) for n in notes[:40]]
assert len({n["tests.pintle.io/pid"] for n in notes[:40]}) == 1 and calls == sorted(calls), notes[:40]
END
pass
