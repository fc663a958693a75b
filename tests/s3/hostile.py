"""hostile.py TOOL -- plugins/s3 against a store that misbehaves (store.py).  SPDX-License-Identifier: Apache-2.0"""
from concurrent.futures import ThreadPoolExecutor
import base64, hashlib, json, os, random, socket, ssl, subprocess, sys, tempfile, threading, time, traceback, urllib.request
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from store import ACCESS, SECRET, Store

MIB = 1 << 20
OK, FAILED, INVALID, NOT_FOUND, CONFLICT, DENIED, TRANSIENT, CANCELLED, UNSUPPORTED, EXISTS = 0, -1, -2, -3, -4, -5, -6, -7, -8, -11
tests = []


def test(f):
    tests.append(f)
    return f


class Tool:
    """One instance of the action."""

    def __init__(self, store, environment=(), **config):
        self.dir = tempfile.mkdtemp(dir=work)
        path = self.dir + '/config.json'
        base = {'s3Url': store.url, 'region': 'us-east-1', 's3ForcePathStyle': True, 'maxRetries': 3}
        base.update(config)
        with open(path, 'w') as f:
            json.dump(base, f)
        env = {'PATH': os.environ['PATH'], 'AWS_ACCESS_KEY_ID': ACCESS, 'AWS_SECRET_ACCESS_KEY': SECRET, 'AWS_EC2_METADATA_DISABLED': 'true', 'HOME': self.dir}
        env.update(environment)
        env.update({k: v for k, v in os.environ.items() if k.endswith('SAN_OPTIONS')})
        self.log = open(self.dir + '/log', 'w+')
        self.p = subprocess.Popen([sys.argv[1], path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, env=env, text=True)

    def ask(self, *words):
        self.p.stdin.write('\t'.join(words) + '\n')
        self.p.stdin.flush()
        return self.outcome()

    def outcome(self):
        line = self.p.stdout.readline()
        assert line, 'the tool ended: %s' % self.logged()
        status, _, text = line[:-1].partition('\t')
        return int(status), text

    def logged(self):
        self.log.seek(0)
        return self.log.read()

    def put(self, key, data, how='put', *more):
        with open(self.dir + '/body', 'wb') as f:
            f.write(data)
        return self.ask(how, key.encode().hex(), self.dir + '/body', *more)

    def get(self, key, how='get', *more):
        st, text = self.ask(how, key.encode().hex(), self.dir + '/got', *map(str, more))
        return (st, open(self.dir + '/got', 'rb').read()) if st == OK else (st, text)

    def lines(self, how, key):
        st, text = self.ask(how, key.encode().hex())
        return [l.rpartition(' ')[::2] for l in bytes.fromhex(text).decode().split('\n')[:-1]] if st == OK else (st, text)

    def simple(self, how, key):
        return self.ask(how, key.encode().hex())

    def close(self):
        self.p.stdin.close()
        assert self.p.wait(60) == 0, 'exit status %d: %s' % (self.p.returncode, self.logged())
        said = self.logged()
        assert SECRET not in said, 'the secret key is in the log'


def bytes_of(n, seed=1):
    return random.Random(seed).randbytes(n)


def same(got, want):
    assert got == want, 'got %.300r, want %.300r' % (got, want)


# ---- what holds for every store
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
    keys = ['x/' + c for c in map(chr, range(1, 128)) if c != '/'] + ['a//b', '../up', './here', 'a/../b', 'a+b c%20d&e=f', 'é/ü/日本/😀', 'dir/', '/lead', 'k' * 1024]
    for i, key in enumerate(keys):
        same(t.put(key, str(i).encode()), (OK, ''))
    same(sorted(s.objects), sorted(keys))
    for i, key in enumerate(keys):
        same(t.get(key), (OK, str(i).encode()))
    plain = [k for k in keys if '\n' not in k]
    listed = t.lines('list', '')
    same(len(listed), len(keys) + 1)  # the one name with a newline is two lines here
    got = [k for k, _ in listed]
    for k in plain:
        assert k in got, k
    order = [k for k in got if k in plain]
    same(order, sorted(plain, key=lambda k: k.encode(), reverse=True))
    same(t.lines('prefixes', 'a/'), [('a//', '?'), ('a/../', '?')])
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
    same((begun['x-amz-tagging'], begun['x-amz-storage-class']), ('team=a%20b&one=', 'STANDARD_IA'))
    for m, p, h in s.seen:
        if 'partNumber' in p:
            assert 'content-md5' in h and 'x-amz-tagging' not in h
    t.close()


@test
def customer_key(s):
    path = work + '/key'
    with open(path, 'wb') as f:
        f.write(b'0123456789abcdef0123456789ABCDEF\n')
    t = Tool(s, customerKeyEncryptionFile=path)
    same(t.put('k', b'x'), (OK, ''))
    t.get('k'), t.simple('exists', 'k')
    for m, p, h in s.seen:
        same(h['x-amz-server-side-encryption-customer-key'], 'MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlBQkNERUY=')
        same(h['x-amz-server-side-encryption-customer-key-md5'], base64.b64encode(hashlib.md5(b'0123456789abcdef0123456789ABCDEF').digest()).decode())
    st, url = t.simple('url', 'k')
    assert 'x-amz-server-side-encryption-customer-key' in url and 'MDEyMzQ1' not in url, url
    assert 'MDEyMzQ1' not in t.logged()
    t.close()


@test
def config_errors(s):
    open(work + '/short', 'wb').write(b'short')
    for config, word in (({'s3Url': 'ftp://x'}, '/s3Url'), ({'tagging': '=x'}, '/tagging'), ({'tagging': '&'.join('k%d=v' % i for i in range(11))}, '/tagging'),
                         ({'checksumAlgorithm': 'crc32'}, '/checksumAlgorithm'), ({'partSize': MIB}, '/partSize'), ({'concurrency': 0}, '/concurrency'),
                         ({'customerKeyEncryptionFile': work + '/short'}, '/customerKeyEncryptionFile'), ({'customerKeyEncryptionFile': work + '/no'}, '/customerKeyEncryptionFile'),
                         ({'kmsKeyId': 'k', 'customerKeyEncryptionFile': work + '/short'}, 'you can only use one of'),
                         ({'objectLockMode': 'GOVERNANCE'}, '/objectLockMode'), ({'region': 'a/b'}, '/region')):
        t = Tool(s, **config)
        st, text = t.outcome()
        assert st == INVALID and word in text, (config, st, text)
        t.close()
    same(s.seen, [])


# ---- faults
@test
def storm_of_503(s):
    left = [3]

    def hook(r):
        if left[0]:
            left[0] -= 1
            r.error(503, 'SlowDown', headers=[('Retry-After', '1')])
            return True
    s.hook = hook
    t = Tool(s)
    at = time.time()
    same(t.put('k', b'data'), (OK, ''))
    assert time.time() - at > 2.9, 'Retry-After is not respected'
    same(s.objects['k'][0], b'data')
    left[0] = 10**6
    del s.seen[:]
    st, text = t.put('k', b'data')
    same(st, TRANSIENT)
    assert '503 SlowDown' in text, text
    same(len(s.seen), 4)  # maxRetries: 3
    t.close()


@test
def no_repeat(s):
    t = Tool(s)
    for status, code, want in ((403, 'AccessDenied', DENIED), (404, 'NoSuchKey', NOT_FOUND), (404, 'NoSuchBucket', INVALID), (400, 'InvalidArgument', FAILED),
                               (501, 'NotImplemented', UNSUPPORTED)):
        s.hook = lambda r: r.error(status, code) or True
        del s.seen[:]
        same(t.get('k')[0], want)
        same(len(s.seen), 1)
    s.hook = lambda r: r.error(403, 'AccessDenied') or True
    same(t.simple('exists', 'k')[0], DENIED)  # as Velero's: without ListBucket nobody knows
    t.close()


@test
def thirty_percent_errors(s):
    luck = random.Random(7)

    def hook(r):
        if luck.random() < 0.3:
            luck.choice([lambda: r.error(500, 'InternalError'), lambda: r.error(503, 'SlowDown'), lambda: r.error(429, 'TooManyRequests'), r.drop,
                         lambda: r.error(400, 'RequestTimeout') if r.command == 'PUT' else r.drop()])()
            return True
    s.hook = hook
    t = Tool(s, partSize=5 * MIB, maxRetries=12)
    for i in range(8):
        same(t.put('k%d' % i, bytes_of(100 + i)), (OK, ''))
    same(t.put('big', bytes_of(22 * MIB), 'put', 'unsized'), (OK, ''))
    same(len(t.lines('list', '')), 9)
    assert t.get('big') == (OK, bytes_of(22 * MIB))
    for i in range(8):
        same(s.objects['k%d' % i][0], bytes_of(100 + i))
    t.close()


@test
def lost_in_the_middle(s):
    data = bytes_of(9 * MIB)
    s.objects['k'] = (data, 'tag')
    drops = [4 * MIB, 1, 2 * MIB, 0]

    def hook(r):
        if r.command != 'GET' or not drops:
            return False
        at, first = drops.pop(0), int((r.headers.get('Range') or 'bytes=0-')[6:].split('-')[0])
        if first:
            same(r.headers['If-Match'], '"tag"')
        r.send_response(206 if r.headers.get('Range') else 200)
        r.send_header('ETag', '"tag"')
        r.send_header('Content-Length', str(len(data) - first))
        if r.headers.get('Range'):
            r.send_header('Content-Range', 'bytes %d-%d/%d' % (first, len(data) - 1, len(data)))
        r.end_headers()
        r.wfile.write(data[first:first + at])
        r.wfile.flush()
        r.drop()
        return True
    s.hook = hook
    t = Tool(s)
    assert t.get('k') == (OK, data)
    same(len(drops), 0)
    # a store that knows no ranges sends everything again
    drops[:] = [3 * MIB]
    broken = s.hook

    def no_ranges(r):
        if drops:
            return broken(r)
        r.answer(200, data, [('ETag', '"tag"')])
        return True
    s.hook = no_ranges
    assert t.get('k') == (OK, data)
    # another object now
    drops[:] = [3 * MIB]

    def other(r):
        if drops:
            return broken(r)
        r.answer(200, bytes_of(9 * MIB, 2), [('ETag', '"other"')])
        return True
    s.hook = other
    st, text = t.get('k')
    same(st, CONFLICT)
    assert 'replaced' in text, text
    t.close()


@test
def parallel_get(s):
    data = bytes_of(43 * MIB + 11)
    s.objects['k'] = (data, 'tag')
    for n in (2, 4):
        t = Tool(s, partSize=5 * MIB, concurrency=n)
        del s.seen[:]
        assert t.get('k') == (OK, data)
        same(len([h for m, p, h in s.seen]), 9)
        same([h.get('if-match') for m, p, h in s.seen], [None] + 8 * ['"tag"'])
        assert t.get('k', 'range', 3, 30 * MIB) == (OK, data[3:3 + 30 * MIB])
        assert t.get('k', 'range', 3, -1) == (OK, data[3:])
        t.close()
    # each connection is lost, some of them twice
    luck = random.Random(3)

    def hook(r):
        if r.command != 'GET' or luck.random() < 0.4:
            return False
        m = (r.headers.get('Range') or 'bytes=0-')[6:].split('-')
        first, last = int(m[0]), int(m[1] or len(data) - 1)
        r.send_response(206 if r.headers.get('Range') else 200)
        r.send_header('ETag', '"tag"')
        r.send_header('Content-Length', str(last + 1 - first))
        if r.headers.get('Range'):
            r.send_header('Content-Range', 'bytes %d-%d/%d' % (first, last, len(data)))
        r.end_headers()
        r.wfile.write(data[first:first + luck.randrange(4 * MIB)])
        r.wfile.flush()
        r.drop()
        return True
    s.hook = hook
    t = Tool(s, partSize=5 * MIB, concurrency=3)
    assert t.get('k') == (OK, data)
    s.hook = lambda r: r.headers.get('Range') and s.objects.update(k=(bytes_of(43 * MIB + 11, 2), 'other'))
    st, text = t.get('k')
    same(st, CONFLICT)
    s.hook = lambda r: r.headers.get('Range') and (r.answer(200, data, [('ETag', '"tag"')]) or True)  # knows no ranges
    s.objects['k2'] = (data, 'tag')
    assert t.get('k2') == (OK, data)
    t.ask('set', 'break_at', str(13 * MIB))
    same(t.get('k2')[0], TRANSIENT)
    t.close()


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
def put_dropped(s):
    """The store has carried it out, and the answer is lost."""
    left = [1]

    def hook(r):
        if r.command == 'PUT' and left[0]:
            left[0] -= 1
            assert r.check() is None
            r.store.objects[r.key] = (r.body, r.store.etag(r.body))
            r.drop()
            return True
    s.hook = hook
    t = Tool(s)
    same(t.put('k', b'data'), (OK, ''))
    left[0] = 1
    same(t.put('new', b'data', 'put!'), (OK, ''))  # 412 the second time: it is ours
    s.objects['theirs'] = (b'other', 'e')
    same(t.put('theirs', b'data', 'put!')[0], EXISTS)
    same(s.objects['theirs'][0], b'other')
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
def completed_with_an_error(s):
    left, done = [2], []

    def hook(r):
        if r.command == 'POST' and 'uploadId' in r.query and left[0]:
            left[0] -= 1
            if left[0] == 0:
                r.post(), done.append(1)  # carried out; and says otherwise below, on a connection that is gone
                return True
            r.error(200, 'InternalError')
            return True
    s.hook = hook
    t = Tool(s, partSize=5 * MIB)
    same(t.put('k', bytes_of(11 * MIB)), (OK, ''))
    assert s.objects['k'][0] == bytes_of(11 * MIB)
    s.objects.clear()
    s.hook = lambda r: r.command == 'POST' and 'uploadId' in r.query and (r.error(200, 'InvalidPart') or True)
    st, text = t.put('k', bytes_of(11 * MIB))
    same(st, FAILED)
    assert 'InvalidPart' in text, text
    same((s.objects, s.uploads), ({}, {}))  # and it was aborted
    t.close()


@test
def completed_and_the_answer_lost(s):
    left = [1]

    def hook(r):
        if r.command == 'POST' and 'uploadId' in r.query and left[0]:
            left[0] -= 1
            parts = s.uploads.pop(r.query['uploadId'])
            s.objects[r.key] = (b''.join(parts[n] for n in sorted(parts)), 'some-tag')
            r.drop()
            return True
    s.hook = hook
    t = Tool(s, partSize=5 * MIB)
    same(t.put('k', bytes_of(11 * MIB)), (OK, ''))
    t.close()


@test
def part_that_never_arrives(s):
    def hook(r):
        if r.query.get('partNumber') == '2':
            r.drop()
            return True
    s.hook = hook
    t = Tool(s, partSize=5 * MIB, maxRetries=1)
    same(t.put('k', bytes_of(16 * MIB))[0], TRANSIENT)
    same((s.objects, s.uploads), ({}, {}))
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


@test
def skewed_clock(s):
    for ahead in (1200, -1200):
        s.clock = ahead
        t = Tool(s)
        del s.seen[:]
        same(t.put('k', b'data'), (OK, ''))
        same(s.methods().count('PUT'), 2)
        same(t.get('k'), (OK, b'data'))
        same(s.methods().count('GET'), 1)  # from then on it is known
        assert 'clock' in t.logged()
        t.close()
        t = Tool(s)
        same(t.simple('exists', 'k'), (OK, '1'))  # HEAD has no body to say why
        t.close()


@test
def redirects(s):
    other = Store()
    try:
        t = Tool(s)
        s.hook = lambda r: not r.path.startswith('/moved') and (r.error(307, 'TemporaryRedirect', headers=[('Location', s.url + '/moved' + r.path)]) or True)
        same(t.get('k')[0], NOT_FOUND)  # signed for the new place: no 403
        same([p for _, p, _ in s.seen], ['/bucket/k', '/moved/bucket/k'])
        s.hook = lambda r: r.error(307, 'TemporaryRedirect', headers=[('Location', 'http://localhost:%d%s' % (other.server.server_port, r.path))]) or True
        st, text = t.get('k')
        assert st not in (OK, NOT_FOUND) and 'redirect' in text, (st, text)
        same(other.seen, [])
        t.close()
    finally:
        other.close()


@test
def region_corrected(s):
    s.hook = lambda r: '/us-east-1/' in r.headers['Authorization'] and (r.error(400, 'AuthorizationHeaderMalformed', '<Region>eu-west-3</Region>') or True)
    t = Tool(s)
    same(t.put('k', b'x'), (OK, ''))
    same(t.get('k'), (OK, b'x'))
    same(s.methods().count('GET'), 1)
    t.close()


@test
def silent_store(s):
    def hook(r):
        time.sleep(6)
        r.drop()
        return True
    s.hook = hook
    t = Tool(s, idleTimeout=2 * 10**9, maxRetries=1)
    at = time.time()
    same(t.get('k')[0], TRANSIENT)
    assert 3 < time.time() - at < 9, time.time() - at
    t.close()


@test
def nobody_listens(s):
    s.close()
    t = Tool(s, maxRetries=1)
    same(t.get('k')[0], TRANSIENT)
    t.close()


@test
def body_breaks(s):
    t = Tool(s, partSize=5 * MIB)
    for n in (100, 8 * MIB, 13 * MIB):
        t.ask('set', 'break_at', str(n))
        same(t.put('k', bytes_of(14 * MIB))[0], TRANSIENT)
        same((s.objects, s.uploads), ({}, {}))
    t.ask('set', 'break_at', '0')
    t.ask('set', 'chunk', '1000')
    same(t.put('k', bytes_of(5 * MIB + 5)), (OK, ''))
    assert t.get('k') == (OK, bytes_of(5 * MIB + 5))
    t.close()


@test
def cancelled(s):
    t = Tool(s, partSize=5 * MIB)
    for n in (1, 3, 10, 20):
        t.ask('set', 'cancel_at', str(n))
        st, _ = t.put('k', bytes_of(14 * MIB))
        assert st in (CANCELLED, OK), st
        same(s.uploads, {})
        s.objects.clear()
    t.close()


@test
def presigned(s):
    t = Tool(s, publicUrl='https://public.example.com:8443/base')
    st, url = t.simple('url', 'a b/ü')
    same(st, OK)
    assert url.startswith('https://public.example.com:8443/base/bucket/a%20b/%C3%BC?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAHOSTILE%2F'), url
    assert '&X-Amz-Expires=600&X-Amz-SignedHeaders=host&X-Amz-Signature=' in url, url
    t.close()


# ---- a bad line: a relay before the store
class Line:
    """Sends on what comes, at most `piece` bytes at a time, each after delay() seconds; a connection ends after so many bytes of the store's."""

    def __init__(self, store, piece=1 << 20, delay=lambda: 0, ends=lambda: 1 << 60):
        self.port, self.piece, self.delay, self.ends = store.port, piece, delay, ends
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.url = 'http://127.0.0.1:%d' % self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client = self.listener.accept()[0]
            except OSError:
                return
            store = socket.create_connection(('127.0.0.1', self.port))
            threading.Thread(target=self.carry, args=(client, store, 1 << 60), daemon=True).start()
            threading.Thread(target=self.carry, args=(store, client, self.ends()), daemon=True).start()

    def carry(self, one, other, left):
        try:
            while left > 0:
                data = one.recv(min(self.piece, left))
                if not data:
                    break
                left -= len(data)
                time.sleep(self.delay())
                other.sendall(data)
        except OSError:
            pass
        for s in (one, other):
            try:
                s.shutdown(2)
            except OSError:
                pass


@test
def slow_line(s):
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
def narrow_line(s):
    """Little by little, far below what a timeout would be for the whole."""
    line = Line(s, piece=2000, delay=lambda: 0.05)
    t = Tool(line, idleTimeout=2 * 10**9, maxRetries=0)
    same(t.put('k', bytes_of(150000)), (OK, ''))
    assert t.get('k') == (OK, bytes_of(150000))
    t.close()


@test
def line_that_ends(s):
    luck = random.Random(5)
    line = Line(s, ends=lambda: luck.choice([0, 50, 3000, 400000, 1 << 60]))
    t = Tool(line, partSize=5 * MIB, maxRetries=20)
    for n in (0, 1000, 12 * MIB):
        same(t.put('k', bytes_of(n)), (OK, ''))
        assert t.get('k') == (OK, bytes_of(n))
    same(t.lines('list', ''), [('k', str(12 * MIB))])
    t.close()


# ---- who we are
@test
def token_expires_in_mid_upload(s):
    """After three parts the store wants other credentials; the program that gives them is asked again."""
    program = work + '/who'
    with open(program, 'w') as f:
        f.write('#!/bin/sh\necho x >>%s/asked\nn=$(wc -l <%s/asked)\necho "{\\"Version\\":1,\\"AccessKeyId\\":\\"%s\\",\\"SecretAccessKey\\":\\"%s\\",'
                '\\"SessionToken\\":\\"token-$n\\",\\"Expiration\\":\\"2099-01-01T00:00:00Z\\"}"\n' % (work, work, ACCESS, SECRET))
    os.chmod(program, 0o755)
    with open(work + '/profiles', 'w') as f:
        f.write('[default]\ncredential_process = %s\n' % program)
    parts = set()

    def hook(r):
        if 'partNumber' in r.query:
            parts.add(r.query['partNumber'])
        if len(parts) > 3 and r.headers['x-amz-security-token'] == 'token-1':
            r.error(400, 'ExpiredToken')
            return True
    s.hook = hook
    t = Tool(s, {'AWS_ACCESS_KEY_ID': '', 'AWS_SECRET_ACCESS_KEY': ''}, partSize=5 * MIB, credentialsFile=work + '/profiles')
    same(t.put('k', bytes_of(31 * MIB)), (OK, ''))
    assert s.objects['k'][0] == bytes_of(31 * MIB)
    assert {h['x-amz-security-token'] for m, p, h in s.seen} > {'token-1'}
    same(s.seen[-1][2]['x-amz-security-token'] == 'token-1', False)
    assert 'token-' not in t.logged()
    t.close()


# ---- TLS and proxies
def certificate(name, days, *more):
    """A key and a certificate of its own authority, for names or addresses."""
    path = '%s/%s' % (work, name)
    if not os.path.exists(path + '.crt'):
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', path + '.key', '-out',
                        path + '.crt', '-subj', '/CN=' + name, '-days', str(days), '-addext', 'subjectAltName=' + ','.join(more)], check=True, capture_output=True)
    return path


def tls_store(path, **limits):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path + '.crt', path + '.key')
    for name, value in limits.items():
        setattr(context, name, value)
    return Store(context)


@test
def certificates(s):
    good = certificate('good', 2, 'IP:127.0.0.1')
    pem = open(good + '.crt').read()
    cases = [(good, {'caCert': pem}, OK), (good, {}, FAILED), (good, {'insecureSkipTLSVerify': True}, OK),
             (certificate('other', 2, 'IP:127.0.0.2'), {'caCert': open(certificate('other', 2, 'IP:127.0.0.2') + '.crt').read()}, FAILED)]
    for path, config, want in cases:
        store = tls_store(path)
        t = Tool(store, maxRetries=1, **config)
        st, text = t.put('k', b'data')
        same(st, want)
        if want == OK:
            same(t.get('k'), (OK, b'data'))
        else:
            assert 'certificate' in text, text
            same(store.seen, [])
        same('insecureSkipTLSVerify' in t.logged(), 'insecureSkipTLSVerify' in config)
        t.close()
        same(store.wrong, [])
        store.close()
    store = tls_store(good, minimum_version=ssl.TLSVersion.TLSv1, maximum_version=ssl.TLSVersion.TLSv1_1)
    t = Tool(store, maxRetries=0, caCert=pem)
    assert t.put('k', b'data')[0] in (FAILED, TRANSIENT)
    same(store.seen, [])
    t.close()
    store.close()


@test
def proxies(s):
    proxied = []
    s.hook = lambda r: proxied.append(r.proxied) or (r.answer(407) or True if s.refuse else False)
    s.refuse = False
    far = {'s3Url': 'http://s3.far.example:9000'}
    t = Tool(s, proxy=s.url, **far)
    same(t.put('k', b'data'), (OK, ''))
    same(t.get('k'), (OK, b'data'))
    same(set(proxied), {True})
    s.refuse = True
    st, text = t.get('k')
    assert st == FAILED and '407' in text, (st, text)
    s.refuse = False
    t.close()
    for name in ('HTTP_PROXY', 'http_proxy'):
        t = Tool(s, {name: s.url}, **far)
        same(t.get('k'), (OK, b'data'))
        t.close()
    del proxied[:]
    t = Tool(s, {'HTTP_PROXY': 'http://127.0.0.1:1', 'NO_PROXY': 'example.com,127.0.0.1'})
    same(t.get('k'), (OK, b'data'))
    same(set(proxied), {False})
    t.close()
    t = Tool(s, maxRetries=0, proxy='http://127.0.0.1:1', **far)
    same(t.get('k')[0], TRANSIENT)
    t.close()


def one(f):
    store = Store()
    at = time.time()
    try:
        f(store)
        same(store.wrong, [])
        print('ok %s %.1f s' % (f.__name__, time.time() - at), flush=True)
        return True
    except Exception as e:
        print('%snot ok %s: %s; %s' % (traceback.format_exc(), f.__name__, e, store.wrong[:3]), flush=True)
        return False
    finally:
        if f is not nobody_listens:
            store.close()


def main():
    only = sys.argv[2:]
    with ThreadPoolExecutor(4) as several:
        done = list(several.map(one, [f for f in tests if not only or f.__name__ in only]))
    return 0 if all(done) else 1


with tempfile.TemporaryDirectory() as work:
    sys.exit(main())
