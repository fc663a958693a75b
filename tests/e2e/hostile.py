# hostile.py -- writes tarballs that try to do harm, one each.  SPDX-License-Identifier: Apache-2.0
#   hostile.py DIR; prints "NAME<tab>word that the refusal must hold" for each DIR/NAME.tar.gz
import gzip, io, os, sys, tarfile

where = sys.argv[1]
os.makedirs(where, exist_ok=True)
ITEM = b'{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"%s","namespace":"shop"}}'
GOOD = "resources/configmaps/namespaces/shop/good.json"


def header(name, size, type=b"0", link="", size_field=None, bad_sum=False):
    h = bytearray(512)
    h[0:len(name)] = name
    h[100:108], h[108:116], h[116:124] = b"0000755\0", b"0000000\0", b"0000000\0"
    h[124:136] = size_field or b"%011o\0" % size
    h[136:148], h[148:156], h[156:157] = b"00000000000\0", b" " * 8, type
    h[157:157 + len(link)] = link.encode()
    h[257:265] = b"ustar\00000"
    h[148:156] = b"%06o\0 " % (sum(h) + (1 if bad_sum else 0))
    return bytes(h)


def entry(name, data=b"", **how):
    return header(name.encode(), len(data), **how) + data + b"\0" * (-len(data) % 512)


def pax(records, name, data):
    text = b""
    for k, v in records:
        n = len(k) + len(v) + 3
        while len(str(n)) + len(k) + len(v) + 3 != n:
            n = len(str(n)) + len(k) + len(v) + 3
        text += b"%d %s=%s\n" % (n, k, v)
    return entry("pax", text, type=b"x") + entry(name, data)


def write(name, word, *parts, end=b"\0" * 1024, raw=None):
    body = raw if raw is not None else gzip.compress(entry("metadata/version", b"1.1.0\n") + entry(GOOD, ITEM % b"good") + b"".join(parts) + end, mtime=0)
    with open(os.path.join(where, name + ".tar.gz"), "wb") as f:
        f.write(body)
    print(f"{name}\t{word}")


bad = ITEM % b"bad"
write("dotdot", "..", entry("resources/configmaps/namespaces/shop/../../../../../escape.json", bad))
write("dotdot-first", "../escape.json", entry("../escape.json", bad))
write("dotdot-namespace", "..", entry("resources/configmaps/namespaces/../x.json", bad))
write("absolute", "/tmp/pintle-escape.json", entry("/tmp/pintle-escape.json", bad))
write("symlink", "link.json", entry("resources/configmaps/namespaces/shop/link.json", type=b"2", link="/etc/passwd"))
write("hardlink", "link.json", entry("resources/configmaps/namespaces/shop/link.json", type=b"1", link=GOOD))
write("symlinked-directory", "resources/configmaps/namespaces/evil", entry("resources/configmaps/namespaces/evil", type=b"2", link="/tmp"),
      entry("resources/configmaps/namespaces/evil/x.json", bad))
write("device", "null.json", entry("resources/configmaps/namespaces/shop/null.json", type=b"3"))
write("block-device", "disk.json", entry("resources/configmaps/namespaces/shop/disk.json", type=b"4"))
write("fifo", "fifo.json", entry("resources/configmaps/namespaces/shop/fifo.json", type=b"6"))
write("size-too-large", "lie.json", header(b"resources/configmaps/namespaces/shop/lie.json", 1 << 20) + bad, end=b"")
write("size-negative", "lie.json", header(b"resources/configmaps/namespaces/shop/lie.json", 0, size_field=b"\xff" * 12) + bad)
write("size-enormous", "lie.json", header(b"resources/configmaps/namespaces/shop/lie.json", 0, size_field=b"\x80" + b"\0" * 3 + b"\x7f" + b"\xff" * 7) + bad)
write("size-no-number", "", header(b"resources/configmaps/namespaces/shop/lie.json", 0, size_field=b"zzzzzzzzzzz\0") + bad)
write("bad-checksum", "", header(b"resources/configmaps/namespaces/shop/x.json", len(bad), bad_sum=True) + bad + b"\0" * (-len(bad) % 512))
write("huge-item", "huge.json", entry("resources/configmaps/namespaces/shop/huge.json", b'{"a":"' + b"x" * (40 << 20) + b'"}'))
write("pax-path", "..", pax([(b"path", b"resources/configmaps/namespaces/shop/../../../../../escape.json")], "innocent.json", bad))
write("pax-absolute", "/tmp/pintle-escape.json", pax([(b"path", b"/tmp/pintle-escape.json")], GOOD, bad))
write("pax-size", "", pax([(b"size", b"99999999999")], "resources/configmaps/namespaces/shop/x.json", bad))
write("pax-malformed", "", entry("pax", b"99999 path=x\n", type=b"x") + entry("x.json", bad))
write("cut-gzip", "", raw=gzip.compress(entry(GOOD, ITEM % b"good") + b"\0" * 1024)[:-12])
write("no-gzip", "", raw=b"this is no archive\n" * 100)
write("empty", "", raw=b"")
write("garbage-behind", "", raw=gzip.compress(entry(GOOD, ITEM % b"good") + b"\0" * 1024) + b"garbage" * 100)
write("sibling-prefix", "../1234/", entry("../1234/escape.json", bad))
write("backslash", "backslash", entry("resources\\configmaps\\..\\escape.json", bad))
write("nul", "NUL", pax([(b"path", GOOD.encode() + b"\0/../../escape.json")], "innocent.json", bad))
write("too-long", "4096", pax([(b"path", b"resources/configmaps/namespaces/shop/" + b"n/" * 2100 + b"x.json")], "innocent.json", bad))
write("sparse", "sparse", entry("resources/configmaps/namespaces/shop/s.json", bad, type=b"S"))
write("sparse-pax", "sparse", pax([(b"GNU.sparse.major", b"1"), (b"GNU.sparse.minor", b"0")], GOOD, bad))
write("two-sizes", "disagree", pax([(b"size", b"1")], GOOD, bad))
write("behind-the-end", "behind", entry("resources/configmaps/namespaces/shop/x.json", bad), end=b"\0" * 1024 + entry(GOOD, bad) + b"\0" * 1024)
write("bomb", "200 times", *[entry(f"resources/configmaps/namespaces/shop/{n}.json", b" " * (15 << 20)) for n in range(10)])
write("gzip-in-gzip", "", raw=gzip.compress(gzip.compress(entry(GOOD, ITEM % b"good") + b"\0" * 1024)))

# What the archive's reader cannot know: the item itself lies. These may be restored in part, but not elsewhere.
print("--")
shop = "resources/configmaps/namespaces/shop/"
write("name-inside", "x.json", entry(shop + "x.json", ITEM % b"../../../escape"))
write("slash-inside", "x.json", entry(shop + "x.json", ITEM % b"a/b"))
write("namespace-inside", "x.json", entry(shop + "x.json", b'{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x","namespace":"../../escape"}}'))
write("kind-inside", "x.json", entry(shop + "x.json", b'{"apiVersion":"../../escape/v1","kind":"../../Escape","metadata":{"name":"x","namespace":"shop"}}'))
write("control-name", "a\\x1b[31m\\n", entry(shop + "a\x1b[31m\n.json", b"no JSON"))
write("no-json", "x.json", entry(shop + "x.json", b"this is no JSON"))
write("no-item", "x.json", entry(shop + "x.json", b"[]"))
