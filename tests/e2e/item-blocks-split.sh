# item-blocks-split.sh -- 10,001 items that belong together are backed up in two blocks, with a warning.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins run_block
python3 - <<'END' >big.json || fail "input"
import json
item = lambda name, names: {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "shop", "annotations": names}}
items = [item(f"m-{i}", {}) for i in range(9999, -1, -1)] + [item("root", {"tests.pintle.io/with": "configmaps/m#10000"})]
json.dump({"apiVersion": "v1", "kind": "List", "items": items}, __import__("sys").stdout)
END
run "$PINTLE" backup create b1 --from big.json
expect_status 0
expect_clean
log_of backup b1
grep level=warning log | grep -F name=root >warning || fail "no warning"
expect_in warning "10001 items belong together; they are backed up in blocks of 10000"
python3 - "$store/backups/b1/b1.tar.gz" <<'END' >"$work/out" 2>"$work/err" || fail "order or workers"
import json, os, sys, tarfile
order, pids = [], []
with tarfile.open(sys.argv[1]) as tar:
    for e in tar:
        if e.name.startswith("resources/configmaps/namespaces/"):
            order.append(os.path.basename(e.name)[:-5])
            pids.append(json.load(tar.extractfile(e))["metadata"]["annotations"]["tests.pintle.io/pid"])
assert order == ["root"] + [f"m-{i}" for i in range(10000)], order[:5]
assert len(set(pids[:10000])) == 1, set(pids)
END
pass
