"""line.py TOOL [TEST...] -- plugins/s3: a bad line, by a relay of our own: N1.  SPDX-License-Identifier: Apache-2.0"""
import random
from harness import *
from net import Line


@test
def n1_slow_line(s):
    """500 ms, give or take 100, on every burst."""
    line = Line(s, delay=lambda: random.uniform(0.4, 0.6))
    t = Tool(line, partSize=5 * MIB)
    same(t.put('k', b'data'), (OK, ''))
    same(t.get('k'), (OK, b'data'))
    same(t.put('big', bytes_of(6 * MIB)), (OK, ''))
    assert t.get('big') == (OK, bytes_of(6 * MIB))
    same(t.lines('list', ''), [('k', '4'), ('big', str(6 * MIB))])
    t.close()


@test
def n1_narrow_line(s):
    """Little by little, far below what a timeout would be for the whole."""
    line = Line(s, piece=2000, delay=lambda: 0.05)
    t = Tool(line, idleTimeout=2 * 10**9, maxRetries=0)
    same(t.put('k', bytes_of(150000)), (OK, ''))
    assert t.get('k') == (OK, bytes_of(150000))
    t.close()


@test
def n1_line_that_ends(s):
    luck = random.Random(5)
    line = Line(s, ends=lambda: luck.choice([0, 50, 3000, 400000, 1 << 60]))
    t = Tool(line, partSize=5 * MIB, maxRetries=20)
    for n in (0, 1000, 12 * MIB):
        same(t.put('k', bytes_of(n)), (OK, ''))
        assert t.get('k') == (OK, bytes_of(n))
    same(t.lines('list', ''), [('k', str(12 * MIB))])
    t.close()


if __name__ == '__main__':
    main()
