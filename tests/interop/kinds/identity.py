#!/usr/bin/env python3
"""One object of each of Kubernetes' kinds: what is in the tarball is what was in the file.  SPDX-License-Identifier: Apache-2.0

identity.py make TESTDATA DIR FORMAT   copies the objects, each under a name of its own, as FORMAT (json, yaml)
identity.py check TESTDATA TARBALL FORMAT
json is compared byte for byte, white space aside; yaml by what the .json file beside it says.
"""
import json
import pathlib
import re
import sys
import tarfile


def minified(text):
    return re.sub(r'("(?:[^"\\]|\\.)*")|\s+', lambda m: m.group(1) or "", text)


def name_of(path):
    return path.stem.lower().replace("_", "-")


def objects(testdata, form):
    for path in sorted(pathlib.Path(testdata).glob("*." + form)):
        if path.stem == "core.v1.WatchEvent":  # has no kind: no object
            continue
        yield path, (rename_json if form == "json" else rename_yaml)(path.read_text(encoding="utf-8"), name_of(path))


# Those that are being deleted are not backed up; several versions of one kind may not share a name; options and reviews get a name.
def rename_json(text, name):
    text = re.sub(r'\n    "deletionTimestamp": .*', "", text)
    if '\n  "metadata": {\n    "name"' in text:
        return text.replace('"name": "nameValue"', f'"name": "{name}"', 1)
    if '\n  "metadata": {' in text:
        return text.replace('"metadata": {', f'"metadata": {{"name": "{name}",', 1)
    return re.sub(r'^\{', f'{{"metadata": {{"name": "{name}"}},', text)


def rename_yaml(text, name):
    def named(meta):
        lines = re.sub(r"^  (deletionTimestamp|name): .*\n", "", meta.group(0), flags=re.M)
        return lines.replace("metadata:\n", f"metadata:\n  name: {name}\n")

    text, n = re.subn(r"^metadata:\n(?:[ -].*\n)*", named, text, flags=re.M)
    return text if n else f"metadata: {{name: {name}}}\n" + text


def main():
    what, testdata, where, form = sys.argv[1:]
    if what == "make":
        for path, text in objects(testdata, form):
            pathlib.Path(where, path.name).write_text(text, encoding="utf-8")
        return 0
    found, wrong = {}, []
    with tarfile.open(where) as tar:
        for member in tar:
            text = tar.extractfile(member).read().decode()
            if member.name.startswith("resources/"):
                found.setdefault(json.loads(text)["metadata"]["name"], []).append(text)
    n = 0
    for path, text in objects(testdata, "json"):
        n += 1
        got = found.get(name_of(path), [])
        same = [minified(text) == g if form == "json" else json.loads(text) == json.loads(g) for g in got]
        if not same or not all(same):
            wrong.append(f"{path.name}: {'differs' if same else 'is not there'}")
    for line in wrong:
        print(line)
    print(f"{n - len(wrong)} passed, {len(wrong)} failed")
    return 1 if wrong or n < 192 else 0


if __name__ == "__main__":
    sys.exit(main())
