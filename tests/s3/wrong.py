"""wrong.py TOOL [TEST...] -- plugins/s3: a store that has other bytes than were sent, or gives others: N5.  SPDX-License-Identifier: Apache-2.0"""
from harness import *


@test
def wrong_checksum_of_what_is_got(s):
    s.hook = lambda r: r.answer(200, b'other', [('ETag', '"x"'), ('x-amz-checksum-crc32', 'y/Q5Jg==')]) or True
    t = Tool(s)
    st, text = t.get('k')
    same(st, FAILED)
    assert 'checksum' in text, text
    s.hook = lambda r: r.answer(200, b'123456789', [('ETag', '"x"'), ('x-amz-checksum-crc32', 'y/Q5Jg==')]) or True
    same(t.get('k'), (OK, b'123456789'))
    t.close()


@test
def wrong_etag(s):
    s.etag = lambda data: '0123456789abcdef0123456789abcdef'
    t = Tool(s, partSize=5 * MIB)
    for n in (0, 10, 12 * MIB):
        del s.seen[:]
        same(t.put('k', bytes_of(n)), (OK, ''))
        assert 'GET' in s.methods()  # read back
    t.close()


@test
def stores_something_else(s):
    frame = lambda d: b'%x\r\n' % len(d) + d + b'\r\n0\r\n\r\n'
    flip = lambda d: d[:-1] + bytes([d[-1] ^ 1]) if d else b'x'
    for spoil in (frame, flip, lambda d: d[:-1], lambda d: d + b'x'):
        for n in (10, 11 * MIB):
            s.keep = spoil
            t = Tool(s, partSize=5 * MIB, **({'verify': 'read'} if n > 10 and spoil is flip else {}))
            st, text = t.put('k', bytes_of(n))
            same(st, FAILED)
            assert 'does not have what was sent' in text and 'removed' in text, text
            same(s.objects, {})
            t.close()


@test
def gone_after_put(s):
    def hook(r):
        if r.command == 'PUT':
            s.objects.pop(r.key, None)
            r.answer(200, headers=[('ETag', '"x"')])
            return True
    s.hook = hook
    t = Tool(s)
    st, text = t.put('k', b'data')
    same(st, FAILED)
    assert 'does not have it' in text, text
    t.close()


@test
def cannot_be_verified(s):
    """Who may write and not look is believed by the answer's MD5; what no answer comes for is not left behind."""
    s.hook = lambda r: r.command == 'HEAD' and (r.error(403, 'AccessDenied') or True)
    t = Tool(s, maxRetries=1)
    same(t.put('k', b'data'), (OK, ''))
    s.etag = lambda data: 'none'
    same(t.put('k', b'data')[0], DENIED)
    same(s.objects, {})
    s.hook = lambda r: r.command == 'HEAD' and (r.error(500, 'InternalError') or True)
    same(t.put('k', b'data')[0], TRANSIENT)
    same(s.objects, {})
    t.close()


if __name__ == '__main__':
    main()
