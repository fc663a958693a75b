"""objects.py TOOL [TEST...] -- plugins/s3: objects, their names and headers, against a store of our own.  SPDX-License-Identifier: Apache-2.0"""
import base64, hashlib, json, threading, time, urllib.error, urllib.parse, urllib.request
from harness import *


@test
def round_trip(s):
    t = Tool(s)
    for n in (0, 1, 4096, 5 * MIB):
        for sized in ((), ('unsized',)):
            same(t.put('a/b', bytes_of(n), 'put', *sized), (OK, ''))
            same(s.objects['a/b'][0], bytes_of(n))
            same(t.get('a/b'), (OK, bytes_of(n)))
    same(t.simple('exists', 'a/b'), (OK, '1'))
    same(t.simple('exists', 'a/c'), (OK, '0'))
    same(t.lines('stat', 'a/b'), [('a/b', str(5 * MIB))])
    same(t.get('a/b', 'range', 10, 5), (OK, bytes_of(5 * MIB)[10:15]))
    same(t.get('a/b', 'range', 5 * MIB - 2, 50), (OK, bytes_of(5 * MIB)[-2:]))
    same(t.get('a/b', 'range', 5 * MIB, -1), (OK, b''))
    same(t.get('none')[0], NOT_FOUND)
    same(t.simple('stat', 'none')[0], NOT_FOUND)
    same(t.simple('delete', 'a/b'), (OK, ''))
    same(t.simple('delete', 'a/b'), (OK, ''))
    same(s.objects, {})
    t.close()


@test
def names(s):
    t = Tool(s)
    keys = ['x/' + c for c in map(chr, range(1, 128)) if c != '/'] + ['a//b', '../up', './here', 'a/../b', 'a+b c%20d&e=f', 'é/ü/日本/😀', 'dir/', '/lead', 'k' * 1024, '%' * 1024, 'ü' * 512]
    keys += ['u/' + ''.join(map(chr, range(a, a + 256))) for a in range(0x80, 0x800, 256)]
    keys.append('v/' + ''.join(map(chr, [0x800, *range(0x1000, 0xd000, 0x1000), 0xd7ff, *range(0xe000, 0x10000, 0x1000), 0x10000, 0x40000, 0x80000, 0xc0000, 0x10ffff])))
    same(set(range(256)) - {b for k in keys for b in k.encode()}, {0, 0xc0, 0xc1, *range(0xf5, 256)})  # every byte that UTF-8 has
    for i, key in enumerate(keys):
        same(t.put(key, str(i).encode()), (OK, ''))
    same(sorted(s.objects), sorted(keys))
    for i, key in enumerate(keys):
        same(t.get(key), (OK, str(i).encode()))
    for m, p, h in s.seen:  # unreserved characters and slashes as they are, everything else as %XX
        assert set(p) <= set('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/%'), p
    plain = [k for k in keys if '\n' not in k]
    listed = t.lines('list', '')
    same(len(listed), len(keys) + 1)  # the one name with a newline is two lines here
    got = [k for k, _ in listed]
    for k in plain:
        assert k in got, k
    order = [k for k in got if k in plain]
    same(order, sorted(plain, key=lambda k: k.encode(), reverse=True))
    same(t.lines('prefixes', 'a/'), [('a/../', '?'), ('a//', '?')])
    t.close()


@test
def paging(s):
    s.page = 7
    t = Tool(s)
    for i in range(30):
        s.objects['p/%02d' % i] = (b'x' * i, 'e')
    same(t.lines('list', 'p/'), [('p/%02d' % i, str(i)) for i in reversed(range(30))])
    t.close()


@test
def multipart(s):
    for algorithm in ('CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256', 'MD5', ''):
        t = Tool(s, partSize=5 * MIB, concurrency=3, checksumAlgorithm=algorithm)
        for n, sized in ((5 * MIB, 'unsized'), (5 * MIB + 1, None), (17 * MIB + 5, 'unsized'), (20 * MIB, None)):
            same(t.put('big', bytes_of(n), 'put', *([sized] if sized else [])), (OK, ''))
            assert s.objects['big'][0] == bytes_of(n)
            assert t.get('big') == (OK, bytes_of(n))
        same(len([m for m, p, h in s.seen if m == 'GET' and 'range' not in h]), 4)  # nothing was read back
        same({h.get('x-amz-checksum-algorithm') for m, p, h in s.seen if p.endswith('uploads=')}, {algorithm if algorithm not in ('MD5', '') else None})
        del s.seen[:]
        t.close()
    same(s.uploads, {})


@test
def headers(s):
    t = Tool(s, tagging='team=a b&one', storageClass='STANDARD_IA', serverSideEncryption='AES256', objectLockMode='GOVERNANCE', objectLockRetain=86400 * 10**9,
             checksumAlgorithm='', partSize=5 * MIB)
    same(t.put('k', b'x'), (OK, ''))
    h = [h for m, _, h in s.seen if m == 'PUT'][0]
    same((h['x-amz-tagging'], h['x-amz-storage-class'], h['x-amz-server-side-encryption'], h['x-amz-object-lock-mode']),
         ('team=a%20b&one=', 'STANDARD_IA', 'AES256', 'GOVERNANCE'))
    left = time.mktime(time.strptime(h['x-amz-object-lock-retain-until-date'], '%Y-%m-%dT%H:%M:%SZ')) - time.mktime(time.gmtime())
    assert 86300 < left < 86500, left
    assert 'content-md5' in h
    del s.seen[:]
    same(t.put('k', bytes_of(6 * MIB)), (OK, ''))
    begun = [h for m, p, h in s.seen if p.endswith('?uploads=')][0]
    assert 'x-amz-checksum-algorithm' not in begun, begun
    same((begun['x-amz-tagging'], begun['x-amz-storage-class']), ('team=a%20b&one=', 'STANDARD_IA'))
    for m, p, h in s.seen:
        if 'partNumber' in p:
            assert 'content-md5' in h and 'x-amz-tagging' not in h
    t.close()


KEY = b'0123456789abcdef0123456789ABCDEF'
SSE_C = {'x-amz-server-side-encryption-customer-algorithm': 'AES256', 'x-amz-server-side-encryption-customer-key': base64.b64encode(KEY).decode(),
         'x-amz-server-side-encryption-customer-key-md5': base64.b64encode(hashlib.md5(KEY).digest()).decode()}


def with_customer_key(s, t):
    """Every request has the three headers, but DELETE, the listing of what is there, and the end of an upload."""
    same(t.put('k', b'x'), (OK, ''))
    same(t.put('big', bytes_of(11 * MIB)), (OK, ''))
    same(t.get('k'), (OK, b'x'))
    same(t.simple('exists', 'k'), (OK, '1'))
    same({(m, 'partNumber' in p, 'uploads' in p, {n: h.get(n) for n in SSE_C} == SSE_C) for m, p, h in s.seen if 'uploadId' not in p or m == 'PUT'},
         {('PUT', False, False, True), ('PUT', True, False, True), ('POST', False, True, True), ('GET', False, False, True), ('HEAD', False, False, True)})
    t.close()


@test
def customer_key_of_a_file(s):
    path = work + '/key'
    with open(path, 'wb') as f:
        f.write(KEY + b'\n')  # the first 32 bytes count
    with_customer_key(s, Tool(s, secrets=[KEY.decode(), *list(SSE_C.values())[1:]], partSize=5 * MIB, customerKeyEncryptionFile=path))


def secret_of(data, namespace='velero'):
    return {'TOOL_CLUSTER': json.dumps([{'apiVersion': 'v1', 'kind': 'Secret', 'metadata': {'name': 'sse', 'namespace': namespace},
                                         'data': {'the.key': base64.b64encode(data).decode()}}]), 'TOOL_NAMESPACE': namespace}


@test
def customer_key_of_a_secret(s):
    secrets = [KEY.decode(), *list(SSE_C.values())[1:]]
    for namespace in ('velero', 'backups'):
        with_customer_key(s, Tool(s, secret_of(KEY, namespace), secrets, partSize=5 * MIB, customerKeyEncryptionSecret='sse/the.key'))
        del s.seen[:]
    for world, name, status, word in ((secret_of(KEY + b'\n'), 'sse/the.key', INVALID, 'has 33 bytes; the key for SSE-C has 32'),
                                      (secret_of(KEY[:31]), 'sse/the.key', INVALID, 'has 31 bytes'), (secret_of(KEY), 'sse/no', INVALID, 'has no key no'),
                                      (secret_of(KEY), 'no/the.key', NOT_FOUND, 'Secret velero/no'), (secret_of(KEY), 'sse', INVALID, 'form name/key'),
                                      (secret_of(KEY), 'a/b/c', INVALID, 'form name/key'), ({}, 'sse/the.key', UNSUPPORTED, 'no cluster')):
        t = Tool(s, world, secrets, customerKeyEncryptionSecret=name)
        st, text = t.outcome()
        assert st == status and word in text, (st, text)
        t.close()
    same(s.seen, [])


@test
def kms(s):
    t = Tool(s, kmsKeyId='alias/backups', serverSideEncryption='AES256', partSize=5 * MIB)  # the key goes before
    same(t.put('k', b'x'), (OK, ''))
    same(t.put('k', bytes_of(6 * MIB)), (OK, ''))
    begins = [h for m, p, h in s.seen if m == 'PUT' and p == '/bucket/k' or p.endswith('uploads=')]
    same([(h['x-amz-server-side-encryption'], h['x-amz-server-side-encryption-aws-kms-key-id']) for h in begins], [('aws:kms', 'alias/backups')] * 2)
    same([p for m, p, h in s.seen if 'x-amz-server-side-encryption' in h and ('partNumber' in p or m in ('GET', 'HEAD'))], [])
    t.close()


@test
def not_encrypted(s):
    """A store that ignores what it does not know is told of, once."""
    with open(work + '/plain', 'wb') as f:
        f.write(KEY)
    said = 'WARN k: the store does not say that it is encrypted, as it was asked for'
    for config, header in (({'serverSideEncryption': 'AES256'}, 'x-amz-server-side-encryption'), ({'kmsKeyId': 'k'}, 'x-amz-server-side-encryption'),
                           ({'customerKeyEncryptionFile': work + '/plain'}, 'x-amz-server-side-encryption-customer-algorithm'), ({}, None)):
        for says in (True, False):
            s.hook = lambda r: says and header and r.command == 'HEAD' and (
                r.answer(200, headers=[('ETag', '"%s"' % s.objects['k'][1]), ('Content-Length', '4'), (header, 'AES256')]) or True)
            t = Tool(s, **config)
            same(t.put('k', b'data'), (OK, ''))
            same(t.put('k', b'data'), (OK, ''))
            same(t.logged().count(said), 1 if header and not says else 0)
            t.close()


@test
def config_errors(s):
    """Each is refused before anything is sent, by its key, and says what to write instead."""
    open(work + '/short', 'wb').write(b'short')
    url, size = '/s3Url s3Url: ', 'does not lie between '
    for config, word, hint in (
            ({'s3Url': 'ftp://x'}, url + 'it does not begin with http:// or https://', 'write it as http://host:port or https://host:port'),
            ({'s3Url': 'minio:9000'}, url + 'it does not begin with', ''), ({'s3Url': ' http://x'}, url + 'it has blanks', ''), ({'s3Url': 'http://'}, url + 'it names no host', ''),
            ({'s3Url': 'http://u:%s@h' % SECRET}, url + 'it names a user: keys belong to the credentials', ''), ({'s3Url': 'http://h?a=b'}, url + 'it has a query', ''),
            ({'s3Url': 'http://h:99999'}, url + 'its port is no number from 1 to 65535', ''), ({'s3Url': 'http://h:x'}, url + 'its port', ''),
            ({'s3Url': 'http://::1:9000'}, url + 'an IPv6 address stands in [ ]', ''), ({'s3Url': 'http://' + 'h' * 300}, url + 'it is too long', ''),
            ({'caCert': 'hello'}, '/caCert caCert: it holds no certificate', 'BEGIN CERTIFICATE'),
            ({'caCert': '-----BEGIN CERTIFICATE-----\nxx\n-----END CERTIFICATE-----\n'}, '/caCert', ''), ({'publicUrl': 'x'}, '/publicUrl publicUrl: it does not begin with', ''),
            ({'tagging': '=x'}, '/tagging tagging: a tag without a key', 'a=b&c=d'), ({'tagging': '&'.join('k%d=v' % i for i in range(11))}, 'more than 10 tags', ''),
            ({'tagging': 'a=b&c=d&a=e'}, '/tagging tagging: the same key twice', ''), ({'tagging': 'a%62=1&ab'}, 'the same key twice', ''), ({'tagging': 'a=b&'}, 'an empty tag', ''),
            ({'checksumAlgorithm': 'crc32'}, '/checksumAlgorithm checksumAlgorithm: "crc32" is none of none, CRC32, CRC32C, CRC64NVME, SHA1, SHA256, MD5', 'did you mean "CRC32"?'),
            ({'checksumAlgorithm': 'crc32c'}, '/checksumAlgorithm', 'did you mean "CRC32C"?'), ({'checksumAlgorithm': 'x'}, '/checksumAlgorithm', ''),
            ({'serverSideEncryption': 'aes'}, '/serverSideEncryption serverSideEncryption: "aes" is none of AES256, aws:kms,', 'did you mean "AES256"?'),
            ({'partSize': 16}, '/partSize partSize: 16 %s5Mi and 1Gi' % size, ''), ({'partSize': 2 << 30}, '/partSize partSize: 2Gi ' + size, ''),
            ({'partSize': 5000000}, '/partSize partSize: 5000000 ' + size, ''), ({'concurrency': 0}, '/concurrency concurrency: 0 %s1 and 16' % size, ''),
            ({'connectTimeout': 0}, '/connectTimeout connectTimeout: 0s %s1s and 1h' % size, ''), ({'idleTimeout': 5400 * SECOND}, 'idleTimeout: 90m ', ''),
            ({'objectLockRetain': -1500 * 10**6}, '/objectLockRetain objectLockRetain: -1500ms %s0s and 876000h' % size, ''), ({'maxRetries': 51}, 'maxRetries: 51 ', ''),
            ({'customerKeyEncryptionFile': work + '/short'}, '/customerKeyEncryptionFile customerKeyEncryptionFile: ', ''),
            ({'customerKeyEncryptionFile': work + '/no'}, '/customerKeyEncryptionFile customerKeyEncryptionFile: cannot open', ''),
            ({'customerKeyEncryptionSecret': 'abc'}, '/customerKeyEncryptionSecret customerKeyEncryptionSecret: "abc" is not of the form name/key', 'the name of a Secret'),
            ({'kmsKeyId': 'k', 'customerKeyEncryptionFile': work + '/short'}, 'you can only use one of', ''),
            ({'objectLockMode': 'GOVERNANCE'}, '/objectLockMode', ''), ({'region': 'a/b'}, '/region region: "a/b" is no region', ''), ({'region': 'a\n'}, '/region', '')):
        t = Tool(s, **config)
        st, text = t.outcome()
        assert st == INVALID and word in text and 'HINT ' in t.logged() and hint in t.logged(), (config, st, text, t.logged())
        t.close()
    same(s.seen, [])
    t = Tool(s, tagging='a= b')
    same(t.put('k', b'x'), (OK, ''))
    assert 'WARN tagging: a key or a value begins or ends with a blank' in t.logged(), t.logged()
    t.close()


@test
def conditional(s):
    t = Tool(s)
    same(t.put('k', b'one', 'put!'), (OK, ''))
    same(t.put('k', b'two', 'put!')[0], EXISTS)
    same(s.objects['k'][0], b'one')
    t.close()
    s.objects.clear()
    s.if_none_match = False
    t = Tool(s)
    same(t.put('k', b'one', 'put!')[0], UNSUPPORTED)
    same(s.objects, {})
    del s.seen[:]
    same(t.put('k', b'one', 'put!')[0], UNSUPPORTED)
    same(s.seen, [])
    t.close()
    s.hook = lambda r: 'If-None-Match' in r.headers and (r.error(501, 'NotImplemented') or True)
    t = Tool(s)
    same(t.put('k', b'one', 'put!')[0], UNSUPPORTED)
    t.close()


@test
def conditional_by_parts(s):
    """Who came first keeps it, also when he came while parts were sent; our own upload, whose answer was lost, is ours."""
    t = Tool(s, partSize=5 * MIB)
    same(t.put('first', b'one', 'put!'), (OK, ''))
    s.hook = lambda r: 'uploads' in r.query and s.objects.update(k=(b'theirs', 'e'))
    same(t.put('k', bytes_of(11 * MIB), 'put!'), (EXISTS, 'k is there already'))
    same((s.objects['k'][0], s.uploads), (b'theirs', {}))
    lost = []

    def hook(r):
        if r.command == 'POST' and 'uploadId' in r.query and not lost:
            lost.append(1)
            parts = s.uploads[r.query['uploadId']]
            s.objects[r.key] = (b''.join(parts[n] for n in sorted(parts)), 'some-tag')
            r.drop()
            return True
    s.hook = hook
    same(t.put('k2', bytes_of(11 * MIB), 'put!'), (OK, ''))
    assert s.objects['k2'][0] == bytes_of(11 * MIB) and lost
    t.close()


def fetch(url, **headers):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers={k.replace('_', '-'): v for k, v in headers.items()})) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as e:
        return e.code, b''


@test
def presigned(s):
    t = Tool(s, publicUrl='https://public.example.com:8443/base')
    st, url = t.simple('url', 'a b/ü')
    same(st, OK)
    assert url.startswith('https://public.example.com:8443/base/bucket/a%20b/%C3%BC?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAHOSTILE%2F'), url
    assert '&X-Amz-Expires=600&X-Amz-SignedHeaders=host&X-Amz-Signature=' in url, url
    t.close()
    t = Tool(s)
    s.objects['a b/ü'] = (b'data', 'e')
    url = t.simple('url', 'a b/ü')[1]
    same(fetch(url), (200, b'data'))
    same(fetch(url.replace('X-Amz-Expires=600', 'X-Amz-Expires=601')), (403, b''))
    t.close()


@test
def presigned_with_customer_key(s):
    """Who fetches the URL has to send the three headers: they are signed, and the key is not in the URL."""
    s.objects['k'] = (b'data', 'e')
    t = Tool(s, secret_of(KEY), [KEY.decode(), SSE_C['x-amz-server-side-encryption-customer-key']], customerKeyEncryptionSecret='sse/the.key')
    url = t.simple('url', 'k')[1]
    same(urllib.parse.parse_qs(url.partition('?')[2])['X-Amz-SignedHeaders'], [';'.join(['host', *sorted(SSE_C)])])
    for secret in (KEY.decode(), SSE_C['x-amz-server-side-encryption-customer-key'], SSE_C['x-amz-server-side-encryption-customer-key'].rstrip('=')):
        assert secret not in urllib.parse.unquote(url), url
    same(fetch(url), (403, b''))
    same(fetch(url, **SSE_C), (200, b'data'))
    t.close()
    t = Tool(s, {'AWS_SESSION_TOKEN': 'to/ke+n='}, ['to/ke+n='])
    same(fetch(t.simple('url', 'k')[1]), (200, b'data'))
    t.close()


@test
def lock_that_the_store_forgot(s):
    """The object is locked afterwards; where that is refused the log says so. A store that has not forgotten is asked for nothing."""
    bodies, says, refuses = [], [False], [False]

    def hook(r):
        if r.command == 'HEAD' and says[0]:
            data, etag = s.objects[r.key]
            r.answer(200, b'', [('ETag', '"%s"' % etag), ('Content-Length', str(len(data))), ('x-amz-object-lock-mode', 'COMPLIANCE')])
            return True
        if 'retention' in r.query:
            bodies.append((r.key, r.body, r.check()))
            return refuses[0] and (r.error(403, 'AccessDenied') or True)
    s.hook = hook
    t = Tool(s, objectLockMode='COMPLIANCE', objectLockRetain=3600 * SECOND, partSize=5 * MIB)
    same(t.put('a b', bytes_of(6 * MIB)), (OK, ''))
    until = [h for m, p, h in s.seen if p.endswith('uploads=')][0]['x-amz-object-lock-retain-until-date']
    same(bodies, [('a b', ('<Retention><Mode>COMPLIANCE</Mode><RetainUntilDate>%s</RetainUntilDate></Retention>' % until).encode(), None)])
    assert 'WARN' not in t.logged(), t.logged()
    refuses[0] = True
    same(t.put('k', b'x'), (OK, ''))
    assert 'WARN k: the store does not say that it is locked, and does not lock it now: 403 AccessDenied' in t.logged(), t.logged()
    says[0] = True
    same(t.put('k', b'y'), (OK, ''))
    same(len(bodies), 2)
    t.close()


@test
def parts_are_parallel(s):
    """Part 1 is answered when parts 2 and 3 have come."""
    here = threading.Barrier(3)

    def hook(r):
        if r.query.get('partNumber') in ('1', '2', '3'):
            here.wait(10)
    s.hook = hook
    t = Tool(s, partSize=5 * MIB, concurrency=3)
    same(t.put('k', bytes_of(21 * MIB)), (OK, ''))
    assert s.objects['k'][0] == bytes_of(21 * MIB)
    t.close()


@test
def repeated_keys(s):
    pages = ['<IsTruncated>true</IsTruncated><NextContinuationToken>2</NextContinuationToken><Contents><Key>a</Key><Size>1</Size></Contents>'
             '<Contents><Key>b</Key><Size>2</Size></Contents>',
             '<IsTruncated>false</IsTruncated><Contents><Key>b</Key><Size>2</Size></Contents><Contents><Key>c</Key><Size>3</Size></Contents>']
    s.hook = lambda r: r.answer(200, ('<ListBucketResult>%s</ListBucketResult>' % pages[1 if 'continuation-token' in r.query else 0]).encode()) or True
    t = Tool(s)
    same(t.lines('list', ''), [('c', '3'), ('b', '2'), ('a', '1')])
    s.hook = lambda r: r.answer(200, ('<ListBucketResult>%s</ListBucketResult>' % pages[0]).encode()) or True
    st, text = t.lines('list', '')
    same(st, FAILED)  # the same page for ever
    for body in (b'', b'<html>', b'<ListBucketResult><Contents>', b'<!DOCTYPE x [<!ENTITY a "b">]><ListBucketResult/>', b'<Other/>'):
        s.hook = lambda r: r.answer(200, body) or True
        same(t.lines('list', '')[0], FAILED)
    t.close()


if __name__ == '__main__':
    main()
