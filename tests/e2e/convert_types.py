"""convert_types.py -- items whose fields have every type but their own.  SPDX-License-Identifier: Apache-2.0

  convert_types.py make ROWS FILE [STEP]   of each item of xform_convert.rows one for each field and each other JSON type; of them every STEP-th
  convert_types.py check FILE OUT REPORT   none failed, and nothing that was text is lost without a line of the report
"""
import json
import sys

TYPES = (None, True, 5, "xx", [], {}, ["xx"], {"xx": "xx"})


def places(value, path=()):
    """Of everything within value, containers too."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in members:
        yield path + (key,)
        yield from places(member, path + (key,))


def replaced(value, path, new):
    if not path:
        return new
    copy = value.copy()
    copy[path[0]] = replaced(value[path[0]], path[1:], new)
    return copy


def with_name(item, name):
    """Kinds that were gone before 1.16 are of no scope that pintle knows: their namespace has to be there."""
    space = {"namespace": "ns"} if item["kind"] in ("Job", "HorizontalPodAutoscaler") else {}
    return {**item, "metadata": {**item["metadata"], **space, "name": name}}


def make(rows, to, step):
    kept = {("apiVersion",), ("kind",), ("metadata",), ("metadata", "name"), ("metadata", "namespace")}
    n = 0
    with open(rows, encoding="utf-8") as f, open(to, "w", encoding="utf-8") as out:
        for line in f:
            if not line.startswith("item ") or '"kind":"List"' in line:
                continue
            item = json.loads(line[5:])
            for path in places(item):
                old = item
                for key in path:
                    old = old[key]
                for new in TYPES if path not in kept else ():
                    if type(new) is type(old) and new:
                        continue
                    n += 1
                    if n % step == 0:
                        out.write(json.dumps(with_name(replaced(item, path, new), f"m{n}")) + "\n")


def texts(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, member in value.items():
            # versions follow what they name, annotations with JSON are taken apart
            if key not in ("apiVersion", "kind", "kubectl.kubernetes.io/last-applied-configuration") and not key.startswith("autoscaling.alpha."):
                yield from texts(member)
    elif isinstance(value, list):
        for member in value:
            yield from texts(member)


def value_at(item, pointer):
    for key in (k.replace("~1", "/").replace("~0", "~") for k in pointer.split("/")[1:]):
        item = item.get(key) if isinstance(item, dict) else item[int(key)] if isinstance(item, list) and key.isdigit() and int(key) < len(item) else None
    return item


def check(before, after, report):
    with open(before, encoding="utf-8") as f:
        items = {i["metadata"]["name"]: i for i in map(json.loads, f)}
    with open(after, encoding="utf-8") as f:
        out = {i["metadata"]["name"]: i for i in json.load(f)["items"]}
    with open(report, encoding="utf-8") as f:
        told = {i["name"]: i for i in json.load(f)["items"]}
    bad = left = 0
    for name, item in items.items():
        line = told[name]
        findings = [f for a in line.get("actions", []) for f in a.get("findings", [])]
        left += any(f["code"] == "invalid" and f["text"].endswith("it stays as it is") for f in findings)
        if line["outcome"] == "skipped":
            continue
        wrong = "it failed" if line["outcome"] == "failed" or name not in out else None
        if not wrong and not line.get("changed") and out[name] != item:
            wrong = "it changed"
        told_of = [value_at(item, f["at"]) for f in findings if f["code"] in ("lost", "changed")]
        hay = "\n".join(json.dumps(f, ensure_ascii=False) for f in (out.get(name), findings, told_of)).lower()
        lost = [t for t in texts(item) if json.dumps(t, ensure_ascii=False)[1:-1].lower() not in hay]
        if wrong or lost:
            bad += 1
            print(f"{name}: {wrong or 'lost'}: {lost}\n  {json.dumps(item)}\n  {json.dumps(out.get(name))}\n  {json.dumps(findings)}")
    print(f"{len(items)} items, {left} left as they are, {bad} bad")
    return bad or not left


if sys.argv[1] == "make":
    make(sys.argv[2], sys.argv[3], int(sys.argv[4]) if len(sys.argv) > 4 else 1)
else:
    sys.exit(1 if check(*sys.argv[2:5]) else 0)
