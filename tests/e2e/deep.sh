# deep.sh -- items that ask for items, 100 deep: all are backed up, none is waited for ever.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins run_yields good
python3 - <<'END'
import json, os
os.makedirs("in")
for i in range(100):
    json.dump({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": f"c{i:03}", "namespace": "shop",
        "annotations": {"tests.pintle.io/asks": f"configmaps shop c{(i + 1) % 100:03}"}}}, open(f"in/c{i:03}.json", "w"))
END
run "$PINTLE" backup create b1 --from in
expect_status 0
expect_within 15
expect_clean
n=$(python3 "$here/tar_list.py" "$store/backups/b1/b1.tar.gz" | grep -c '/configmaps/namespaces/')
[ "$n" -eq 100 ] || fail "$n of 100 items"
pass
