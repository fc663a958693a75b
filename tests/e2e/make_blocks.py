# make_blocks.py -- writes manifests whose items belong together, for run_block.c; or says whether a backup kept them together.
# SPDX-License-Identifier: Apache-2.0
#   make_blocks.py make GROUPS [DIR]
#   make_blocks.py check GROUPS TARBALL [MISSING]
# Group N is lead-N, which names Secret x-N and y-N; y-N names z-N and, for the cycle, lead-N; z-N names w-N. The files' names keep the members apart.
import json, os, sys, tarfile


def item(name, names="", kind="ConfigMap"):
    metadata = {"name": name, "namespace": "shop"}
    if names:
        metadata["annotations"] = {"tests.pintle.io/with": names}
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata}


def make(groups, where):
    os.makedirs(where, exist_ok=True)
    for i in range(groups):
        n = f"{i:02}"
        files = {f"1-lead-{n}": item(f"lead-{n}", f"secrets/x-{n},configmaps/y-{n}"), f"3-x-{n}": item(f"x-{n}", kind="Secret"),
                 f"4-y-{n}": item(f"y-{n}", f"configmaps/z-{n},configmaps/lead-{n}"), f"5-z-{n}": item(f"z-{n}", f"configmaps/w-{n}"), f"6-w-{n}": item(f"w-{n}")}
        for name, data in files.items():
            with open(os.path.join(where, name + ".json"), "w") as f:
                json.dump(data, f)
    for i in range(groups):
        with open(os.path.join(where, f"2-alone-{i:02}.json"), "w") as f:
            json.dump(item(f"alone-{i:02}"), f)


def check(groups, tarball, missing=""):
    order, where = [], {}
    with tarfile.open(tarball) as tar:
        for e in tar:
            if "preferredversion" in e.name or not e.name.endswith(".json"):
                continue
            name = os.path.basename(e.name)[:-5]
            order.append(name)
            notes = json.load(tar.extractfile(e))["metadata"].get("annotations", {})
            if "tests.pintle.io/pid" in notes:
                where[name] = (notes["tests.pintle.io/pid"], int(notes["tests.pintle.io/call"]))
    blocks = [[f"{m}-{i:02}" for m in ("lead", "x", "y", "z", "w")] for i in range(groups)]
    wanted = [n for b in blocks for n in b if n != missing] + [f"alone-{i:02}" for i in range(groups)]
    if order != wanted:
        sys.exit(f"order: {order}\nwanted: {wanted}")
    if not where:
        return
    for b in blocks:
        there = [n for n in b if n != missing]
        workers = {where[n][0] for n in there}
        if missing in b:  # one worker before it, another one behind it
            at = b.index(missing)
            before, behind = {where[n][0] for n in b[:at]}, {where[n][0] for n in b[at + 1:]}
            if len(before) != 1 or len(behind) != 1 or before == behind:
                sys.exit(f"{b}: {before}, then {behind}")
            continue
        calls = [where[n][1] for n in there]
        if len(workers) != 1 or calls != sorted(calls):
            sys.exit(f"{there}: workers {workers}, calls {calls}")
    if len({w[0] for w in where.values()}) < 2:
        sys.exit("one worker did it all: nothing is proven")


what, groups, rest = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
make(groups, rest[0] if rest else "in") if what == "make" else check(groups, *rest)
