"""wrong.py TOOL [TEST...] -- plugins/s3: a store that has other bytes than were sent, or gives others: N5.  SPDX-License-Identifier: Apache-2.0"""
import base64, zlib
from harness import *


@test
def n5_wrong_checksum_of_what_is_got(s):
    s.hook = lambda r: r.answer(200, b'other', [('ETag', '"x"'), ('x-amz-checksum-crc32', 'y/Q5Jg==')]) or True
    t = Tool(s)
    st, text = t.get('k')
    same(st, FAILED)
    assert 'checksum' in text, text
    s.hook = lambda r: r.answer(200, b'123456789', [('ETag', '"x"'), ('x-amz-checksum-crc32', 'y/Q5Jg==')]) or True
    same(t.get('k'), (OK, b'123456789'))
    t.close()


@test
def n5_wrong_etag(s):
    s.etag = lambda data: '0123456789abcdef0123456789abcdef'
    t = Tool(s, partSize=5 * MIB)
    for n in (0, 10, 12 * MIB):
        del s.seen[:]
        same(t.put('k', bytes_of(n)), (OK, ''))
        assert 'GET' in s.methods()  # read back
    t.close()


@test
def n5_stores_something_else(s):
    frame = lambda d: b'%x\r\n' % len(d) + d + b'\r\n0\r\n\r\n'
    flip = lambda d: d[:-1] + bytes([d[-1] ^ 1]) if d else b'x'
    for spoil in (frame, flip, lambda d: d[:-1], lambda d: d + b'x', lambda d: d + d, lambda d: b''):
        for n in (10, 11 * MIB):
            s.keep = spoil
            t = Tool(s, partSize=5 * MIB, **({'verify': 'read'} if n > 10 and spoil is flip else {}))
            st, text = t.put('k', bytes_of(n))
            same(st, FAILED)
            assert 'does not have what was sent' in text and 'removed' in text, text
            same(s.objects, {})
            t.close()


def crc(data):
    return zlib.crc32(data).to_bytes(4, 'big')


def summed(store, parts=True, whole=True, spoil=lambda data: data):
    """A store whose ETags are none, that tells the CRC32 of each part and that of them all; or only some of it."""
    store.etag, etags = (lambda data: 'x%d' % len(data)), store.etag

    def hook(r):
        if r.query.get('partNumber') and parts and r.check() is None:
            store.uploads[r.query['uploadId']][int(r.query['partNumber'])] = r.body
            r.answer(200, headers=[('ETag', '"p"'), ('x-amz-checksum-crc32', base64.b64encode(crc(r.body)).decode())])
            return True
        if r.command == 'POST' and 'uploadId' in r.query:
            sent = store.uploads[r.query['uploadId']]
            store.whole = '%s-%d' % (base64.b64encode(crc(b''.join(crc(sent[n]) for n in sorted(sent)))).decode(), len(sent))
            store.keep = spoil
        if r.command == 'HEAD' and whole and r.key in store.objects and r.headers['x-amz-checksum-mode'] == 'ENABLED':
            data = store.objects[r.key][0]
            r.answer(200, headers=[('ETag', '"whole"'), ('Content-Length', str(len(data))), ('x-amz-checksum-crc32', store.whole)])
            return True
    store.hook = hook
    return etags


@test
def n5_sums_of_parts(s):
    """Checksums that the store tells of parts and of the whole prove it without ETags; what is told of parts alone does not."""
    flip = lambda d: d[:-1] + bytes([d[-1] ^ 1])
    for parts, whole, reads in ((True, True, 0), (True, False, 2), (False, True, 0), (False, False, 2)):
        summed(s, parts, whole)
        t = Tool(s, partSize=5 * MIB)
        for i in range(2):
            del s.seen[:]
            same(t.put('k', bytes_of(23 * MIB)), (OK, ''))
            same(s.methods().count('GET'), reads // 2)
        t.close()
        assert s.objects['k'][0] == bytes_of(23 * MIB)
    # it tells parts, nothing of the whole, and has other bytes
    summed(s, True, False, flip)
    t = Tool(s, partSize=5 * MIB)
    same(t.put('k', bytes_of(23 * MIB))[0], FAILED)
    same(s.objects, {})
    t.close()
    # a part's checksum is another one: nobody believes the store, but the bytes are there
    summed(s)
    told = s.hook
    s.hook = lambda r: (r.command == 'HEAD' and setattr(s, 'whole', 'AAAAAA==-5')) or told(r)
    t = Tool(s, partSize=5 * MIB)
    del s.seen[:]
    same(t.put('k', bytes_of(23 * MIB)), (OK, ''))
    same(s.methods().count('GET'), 1)
    t.close()


@test
def n5_sums_then_md5(s):
    """A store with MD5s that does not tell the checksum of the whole is read back once; from then on its ETags are compared."""
    etags = summed(s, True, False)
    s.etag = etags
    told = s.hook

    def hook(r):
        if r.query.get('partNumber') and r.check() is None:
            s.uploads[r.query['uploadId']][int(r.query['partNumber'])] = r.body
            r.answer(200, headers=[('ETag', '"%s"' % s.etag(r.body)), ('x-amz-checksum-crc32', base64.b64encode(crc(r.body)).decode())])
            return True
        return told(r)
    s.hook = hook
    t = Tool(s, partSize=5 * MIB)
    for reads in (1, 0, 0):
        del s.seen[:]
        same(t.put('k', bytes_of(23 * MIB)), (OK, ''))
        same(s.methods().count('GET'), reads)
    s.etag = lambda data: '0' * 32  # and they are compared
    del s.seen[:]
    same(t.put('k', bytes_of(23 * MIB)), (OK, ''))
    same(s.methods().count('GET'), 1)
    t.close()


@test
def n5_gone_after_put(s):
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
def n5_cannot_be_verified(s):
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


@test
def n5_other_bytes_are_given(s):
    """What comes is more or less than was said, a range of elsewhere, or framed."""
    data = bytes_of(MIB)
    etag = [('ETag', '"e"')]
    frame = b'100000\r\n' + data + b'\r\n0\r\n\r\n'
    t = Tool(s, maxRetries=2)

    def short(r):  # ends early, each time: what is missing is asked for, until it is all there
        first = int((r.headers.get('Range') or 'bytes=0-')[6:].split('-')[0])
        r.send_response(206 if first else 200)
        r.send_header('ETag', '"e"')
        r.send_header('Content-Length', str(MIB - first))
        if first:
            r.send_header('Content-Range', 'bytes %d-%d/%d' % (first, MIB - 1, MIB))
        r.end_headers()
        r.wfile.write(data[first:first + 300000])
        r.drop()
        return True

    def long(r):  # bytes behind the end
        r.answer(200, data + b'more', etag + [('Content-Length', str(MIB))])
        r.drop()
        return True

    def never(r):  # the same first bytes for ever, whatever is asked for
        r.answer(200, data[:1000], etag + [('Content-Length', str(MIB))])
        r.drop()
        return True
    for hook, want in ((short, (OK, data)), (long, (OK, data)), (never, (TRANSIENT, None))):
        s.hook = hook
        st, got = t.get('k')
        same(st, want[0])
        assert want[1] in (None, got), len(got)
    # a checksum of the whole finds frames, doubled and missing bytes, and bytes in the wrong order
    crc = [('x-amz-checksum-crc32', base64.b64encode(zlib.crc32(data).to_bytes(4, 'big')).decode())]
    for body in (frame, data + data, data[:-1], data[::-1]):
        s.hook = lambda r: r.answer(200, body, etag + crc) or True
        st, text = t.get('k')
        assert st == FAILED and 'do not have the checksum that the store has of them' in text, (st, text)
    # less of a range than was asked for: what is missing is asked for, unless nothing ever comes
    def little(r):
        first, last = map(int, r.headers['Range'][6:].split('-'))
        last = min(last, first + 3)
        return r.answer(206, data[first:last + 1], etag + [('Content-Range', 'bytes %d-%d/%d' % (first, last, MIB))]) or True
    s.hook = little
    same(t.get('k', 'range', 5, 10), (OK, data[5:15]))
    s.hook = lambda r: r.answer(206, data[:10], etag + [('Content-Range', 'bytes 0-9/%d' % MIB)]) or True
    st, text = t.get('k', 'range', 5, 10)
    assert st == FAILED and 'another range than was asked for' in text, (st, text)
    t.close()


@test
def hostile_answers(s):
    """What is no answer of a store is none: not taken for an object or a listing, not expanded, not followed, and not more than so much of it."""
    xml = '<?xml version="1.0"?>'
    bomb = xml + '<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">' + ''.join(
        '<!ENTITY %c "%s">' % (98 + i, '&%c;' % (97 + i) * 10) for i in range(9)) + ']>'
    outside = xml + '<!DOCTYPE l [<!ENTITY j SYSTEM "file:///etc/passwd">]>'
    listing = '<ListBucketResult><Contents><Key>%s</Key></Contents></ListBucketResult>'
    t = Tool(s, maxRetries=1)

    def says(how, status, word, answer):
        s.hook = answer
        del s.seen[:]
        st, text = t.get('k') if how == 'get' else t.simple(how, 'k')
        assert st == status and word in (text if st else repr(text)), (how, st, text)
        return len(s.seen)

    def of(body, status=200, *headers):
        return lambda r: r.answer(status, body if isinstance(body, bytes) else body.encode(), list(headers)) or True

    def bare(head, body, end=True):
        def hook(r):
            r.connection.sendall(head.replace('\n', '\r\n').encode() + b'\r\n' + body)
            r.close_connection = end
            return True
        return hook
    for body in (bomb + listing % '&j;', outside + listing % '&j;', b'\x00\xff<<<>>', '<html>login</html>', '', '<a>' * 100000):
        says('list', FAILED, 'the answer is no listing', of(body))
    says('get', DENIED, 'getting bucket/k: 403', of(bomb + '<Error><Code>&j;</Code></Error>', 403))
    says('list', FAILED, 'the answer is larger than 8 MiB', of('<ListBucketResult>' + '<Contents><Key>abc</Key></Contents>' * 260000))
    same(says('get', FAILED, 'more than 64 KiB of headers', of(b'data', 200, *[('X-%d' % i, 'v' * 1000) for i in range(90)])), 1)
    says('get', FAILED, 'a header that is longer', of(b'data', 200, ('X', 'v' * 200000)))
    says('get', FAILED, '204 the answer is no object', of(b'', 204))
    says('get', FAILED, 'does not say how long the object is', bare('HTTP/1.1 200 OK\nETag: "e"\n', b'da'))
    says('get', TRANSIENT, 'Content-Length', bare('HTTP/1.1 200 OK\nContent-Length: -5\n', b'data'))
    says('get', TRANSIENT, 'outstanding read data', bare('HTTP/1.1 200 OK\nETag: "e"\nTransfer-Encoding: chunked\n', b'4\r\ndata\r\n5\r\nab'))
    says('get', OK, "b'data'", bare('HTTP/1.1 200 OK\nETag: "e"\nTransfer-Encoding: chunked\n', b'4\r\ndata\r\n0\r\n\r\n'))
    for place in ('http://127.0.0.1@evil.example/x', 'http://127.0.0.1.evil.example/x', 'http://localhost/x', 'ftp://127.0.0.1/x', 'http://127.0.0.1:1/\tx y', ''):
        same(says('get', FAILED, '', lambda r: r.error(307, 'T', headers=[('Location', place)]) or True), 1)
    t.close()
    # an upload's id is any text; a part without ETag cannot be listed
    t = Tool(s, partSize=5 * MIB)
    s.hook = lambda r: 'uploads' in r.query and (s.uploads.update({'a b&c%/?\u00fc<\n+': {}}) or r.answer(
        200, '<InitiateMultipartUploadResult><UploadId>a b&amp;c%/?\u00fc&lt;&#10;+</UploadId></InitiateMultipartUploadResult>'.encode()) or True)
    same(t.put('k', bytes_of(11 * MIB)), (OK, ''))
    s.hook = lambda r: 'partNumber' in r.query and (r.answer(200) or True)
    st, text = t.put('k2', bytes_of(11 * MIB))
    assert st == FAILED and text in ('putting k2: the store gives part %d no ETag' % n for n in (1, 2)), (st, text)  # whichever was answered first
    same(s.uploads, {})
    t.close()


if __name__ == '__main__':
    main()
