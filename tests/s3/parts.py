"""parts.py TOOL -- plugins/s3: as many parts as there may be; TOOL's smallest part has 64 bytes.  SPDX-License-Identifier: Apache-2.0"""
from harness import *

PART = 64
most = sum(PART * (1 + max(0, n - 4096) // 50) for n in range(1, 10001))


def tool(s):
    s.least = PART
    return Tool(s, partSize=PART, concurrency=2)


@test
def ten_thousand_parts(s):
    """Parts grow behind number 4,096: what 337,000 times the part's size has fits into 10,000."""
    data, t = bytes_of(most), tool(s)
    assert most > 5 * 2**40 // (16 * MIB // PART), most  # with parts of 16 MiB it is more than 5 TiB
    same(t.put('k', data, 'put', 'unsized'), (OK, ''))
    assert s.objects['k'][0] == data
    same(s.objects['k'][1][-6:], '-10000')
    t.close()


@test
def one_byte_more(s):
    t = tool(s)
    same(t.put('k', bytes_of(most + 1), 'put', 'unsized'), (FAILED, 'putting k: more than 10000 parts'))
    same((s.objects, s.uploads), ({}, {}))
    t.close()


@test
def known_size(s):
    """Each part is a 10,000th of it, rounded up."""
    data, t = bytes_of(PART * 10000 + 1), tool(s)
    same(t.put('k', data), (OK, ''))
    assert s.objects['k'][0] == data
    same(s.objects['k'][1].rpartition('-')[2], str(-(-len(data) // (PART + 1))))
    t.close()


if __name__ == '__main__':
    main()
