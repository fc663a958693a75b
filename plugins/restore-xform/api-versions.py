#!/usr/bin/env python3
# api-versions.py -- api-versions.yaml as C. usage: api-versions.py api-versions.yaml > api_versions.c  SPDX-License-Identifier: Apache-2.0
"""Reads what that file needs of YAML: a list of flow mappings whose values are plain or double-quoted, without escapes."""
import json, re, sys

KEYS = ["group", "version", "kind", "project", "introduced", "deprecated", "removed", "optIn", "replacement", "since", "convert", "lost", "instead"]
NEEDED = ["group", "version", "kind", "introduced", "convert"]


def rows(text):
    text = re.sub(r"(?m)^\s*#.*$", "", text)
    for part in re.split(r"(?m)^- ", text)[1:]:
        part = " ".join(part.split())
        if not (part.startswith("{") and part.endswith("}")):
            raise SystemExit("not a flow mapping: " + part)
        row, rest = {}, part[1:-1]
        while rest:
            m = re.match(r'\s*(\w+): (?:"([^"\\]*)"|([^",{}\[\]]+))\s*(?:,|$)', rest)
            if not m or m.group(1) not in KEYS or m.group(1) in row:
                raise SystemExit("cannot be read: " + rest)
            row[m.group(1)] = m.group(2) if m.group(2) is not None else m.group(3).strip()
            rest = rest[m.end():]
        for key in NEEDED:
            if key not in row:
                raise SystemExit("without %s: %s" % (key, part))
        if ("replacement" in row) != ("since" in row):
            raise SystemExit("replacement and since go together: " + part)
        yield row


def main():
    with open(sys.argv[1]) as f:
        table = list(rows(f.read()))
    seen = set()
    print('/* api_versions.c -- made of api-versions.yaml, do not edit.  SPDX-License-Identifier: Apache-2.0 */\n#include "convert.h"\n')
    print("const struct convert_row convert_built_in[] = {")
    for row in table:
        id = (row["group"], row["version"], row["kind"])
        if id in seen:
            raise SystemExit("twice: %s/%s %s" % id)
        seen.add(id)
        fields = [".%s = %s" % (k, "true" if k == "optIn" else json.dumps(row[k])) for k in KEYS if k in row and (k != "optIn" or row[k] == "true")]
        print("    {%s}," % ", ".join(fields).replace(".optIn", ".opt_in"))
    print("};\nconst size_t convert_n_built_in = sizeof convert_built_in / sizeof *convert_built_in;")


if __name__ == "__main__":
    main()
