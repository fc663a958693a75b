# make_items.py -- writes in/item-00.json ... for the tests: small ConfigMaps.  SPDX-License-Identifier: Apache-2.0
#   make_items.py N [DIR]
import json, os, sys

count, where = int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "in"
os.makedirs(where, exist_ok=True)
for i in range(count):
    name = f"item-{i:02}"
    item = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "shop", "uid": f"0000-{i}"},
            "data": {"number": str(i), "text": "a line\nand another"}}
    with open(os.path.join(where, name + ".json"), "w") as f:
        json.dump(item, f, indent=1)
