# compare.py -- are these the same items? Numbers are compared by their digits.  SPDX-License-Identifier: Apache-2.0
#   compare.py EXPECTED ACTUAL [--annotated KEY=VALUE] [--missing NAME,...] [--restored BACKUP RESTORE] [--count]
# EXPECTED: a directory of JSON files (Lists too), or one file. ACTUAL: a tarball of Velero's, a directory that a restore filled, or one file.
# --annotated: each item has got this annotation. --missing: these are not there. --restored: after the host's steps of that restore.
# --count: print how many are the same; the others may be missing, but not differ.
import argparse, copy, json, os, sys, tarfile


class Number(str):
    def __eq__(self, other):
        return isinstance(other, Number) and str(self) == str(other)

    __hash__ = str.__hash__

    def __repr__(self):
        return str(self)


def no_twice(pairs):
    d = dict(pairs)
    if len(d) != len(pairs):
        sys.exit(f"a key is there twice: {[k for k, _ in pairs]}")
    return d


def parse(text):
    return json.loads(text, parse_float=Number, parse_int=Number, parse_constant=Number, object_pairs_hook=no_twice)


def key(item):
    return (item["apiVersion"].rpartition("/")[0], item["kind"], item["metadata"].get("namespace", ""), item["metadata"]["name"])


def texts(path):
    if path.endswith((".tar.gz", ".tgz")):
        with tarfile.open(path) as tar:
            for entry in tar:
                parts = entry.name.split("/")
                if parts[0] == "resources" and parts[2] in ("namespaces", "cluster"):
                    yield entry.name, tar.extractfile(entry).read()
    elif os.path.isdir(path):
        for where, _, files in sorted(os.walk(path)):
            for name in sorted(files):
                if name.endswith(".json"):
                    with open(os.path.join(where, name), "rb") as f:
                        yield os.path.join(where, name), f.read()
    else:
        with open(path, "rb") as f:
            yield path, f.read()


def items(path):
    found = {}
    for place, text in texts(path):
        try:
            doc = parse(text)
        except ValueError as e:
            sys.exit(f"{place}: {e}")
        for item in doc["items"] if doc["kind"].endswith("List") and "items" in doc else [doc]:
            if key(item) in found:
                sys.exit(f"{place}: {key(item)} is there twice")
            found[key(item)] = item
    return found


GONE = ("generateName", "selfLink", "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp",
        "deletionGracePeriodSeconds", "ownerReferences")


def restored(item, backup, restore):
    item.pop("status", None)
    for name in GONE:
        item["metadata"].pop(name, None)
    if item["kind"] != "Namespace":
        item["metadata"].setdefault("labels", {}).update({"velero.io/backup-name": backup, "velero.io/restore-name": restore})


def difference(at, a, b):
    if type(a) is not type(b):
        return f"{at}: {a!r} and {b!r}"
    if isinstance(a, dict):
        for k in list(a) + list(b):
            if k not in a or k not in b:
                return f"{at}/{k}: only in {'the first' if k in a else 'the second'}"
            if (d := difference(f"{at}/{k}", a[k], b[k])):
                return d
    elif isinstance(a, list):
        if len(a) != len(b):
            return f"{at}: {len(a)} and {len(b)} elements"
        for i, (x, y) in enumerate(zip(a, b)):
            if (d := difference(f"{at}/{i}", x, y)):
                return d
    elif a != b:
        return f"{at}: {a!r} and {b!r}"
    return None


def main():
    p = argparse.ArgumentParser()
    p.add_argument("expected")
    p.add_argument("actual")
    p.add_argument("--annotated", action="append", default=[])
    p.add_argument("--missing", default="")
    p.add_argument("--restored", nargs=2)
    p.add_argument("--count", action="store_true")
    o = p.parse_args()
    expected, actual = copy.deepcopy(items(o.expected)), items(o.actual)
    missing = set(o.missing.split(","))
    expected = {k: v for k, v in expected.items() if k[3] not in missing}
    for item in expected.values():
        if o.restored:
            restored(item, *o.restored)
        for pair in o.annotated:
            k, v = pair.split("=", 1)
            item["metadata"].setdefault("annotations", {})[k] = v
    bad = 0
    for k in sorted(set(expected) | set(actual)):
        if k not in actual and o.count:
            continue
        d = "is missing" if k not in actual else "is too much" if k not in expected else difference("", expected[k], actual[k])
        if d:
            bad += 1
            print(f"{k}: {d}", file=sys.stderr)
    print(len(set(expected) & set(actual)) - bad)
    sys.exit(1 if bad or not actual else 0)


main()
