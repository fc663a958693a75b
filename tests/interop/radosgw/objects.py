"""objects.py TOOL URL -- objects through plugins/s3 into radosgw, and what a client of our own reads of them.  SPDX-License-Identifier: Apache-2.0"""
import base64, hashlib, hmac, json, random, subprocess, sys, time, urllib.error, urllib.parse, urllib.request
tool, url = sys.argv[1:]
ACCESS, SECRET, MIB = 'AKIAPINTLE', 'very/secret+key', 1 << 20
KEY, OTHER = b'0123456789abcdef0123456789ABCDEF', b'0123456789abcdef0123456789ABCDEx'


def ask(method, path, query='', body=b'', **more):
    """One signed request: status, headers, body. Names in `more` have _ for -."""
    host, date, payload = url.partition('//')[2], time.strftime('%Y%m%dT%H%M%SZ', time.gmtime()), hashlib.sha256(body).hexdigest()
    headers = {'host': host, 'x-amz-content-sha256': payload, 'x-amz-date': date, **{k.replace('_', '-'): v for k, v in more.items()}}
    path, names = urllib.parse.quote(path), sorted(headers)
    text = '\n'.join([method, path, query, ''.join('%s:%s\n' % (n, headers[n]) for n in names), ';'.join(names), payload])
    scope, key = date[:8] + '/us-east-1/s3/aws4_request', ('AWS4' + SECRET).encode()
    for part in scope.split('/'):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, '\n'.join(['AWS4-HMAC-SHA256', date, scope, hashlib.sha256(text.encode()).hexdigest()]).encode(), hashlib.sha256).hexdigest()
    headers['Authorization'] = 'AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s' % (ACCESS, scope, ';'.join(names), signature)
    return send(url + path + ('?' + query if query else ''), method, body or None, headers)


def send(to, method='GET', body=None, headers={}):
    try:
        with urllib.request.urlopen(urllib.request.Request(to, body, headers, method=method), timeout=60) as answer:
            return answer.status, dict((k.lower(), v) for k, v in answer.headers.items()), answer.read()
    except urllib.error.HTTPError as e:
        return e.code, dict(e.headers.items()), e.read()


def run(config, *lines):
    with open('config.json', 'w') as f:
        json.dump({'s3Url': url, 'region': 'us-east-1', 's3ForcePathStyle': True, 'partSize': 5 * MIB, **config}, f)
    p = subprocess.run([tool, 'config.json'], input=''.join('\t'.join(l) + '\n' for l in lines), text=True, capture_output=True)
    for secret in (SECRET, KEY.decode(), base64.b64encode(KEY).decode(), 'AWS4-HMAC'):
        assert secret not in p.stderr and (secret not in p.stdout or secret == 'AWS4-HMAC'), p.stderr
    out = [l.split('\t', 1) for l in p.stdout.splitlines()]
    assert p.returncode == 0 and len(out) == len(lines), (p.stdout, p.stderr)
    return [(int(st), text) for st, text in out]


def hexed(key):
    return key.encode().hex()


def random_bytes(n):
    data = random.Random(n).randbytes(n)
    with open('body', 'wb') as f:
        f.write(data)
    return data


def got():
    with open('got', 'rb') as f:
        return f.read()


def customer(key):
    return {'x-amz-server-side-encryption-customer-algorithm': 'AES256', 'x-amz-server-side-encryption-customer-key': base64.b64encode(key).decode(),
            'x-amz-server-side-encryption-customer-key-md5': base64.b64encode(hashlib.md5(key).digest()).decode()}


assert ask('PUT', '/bucket')[0] == 200

print('# names')
keys = ['n/' + c for c in map(chr, range(32, 127)) if c != '/'] + ['n//b', 'n/../up', 'n/./here', 'n/a/../b', 'n/a+b c%20d&e=f', 'n/é/ü/日本/😀', 'n/dir/', 'n/' + 'k' * 1022,
                                                                    'n/' + '%' * 1022, 'n/' + 'ü' * 511]
data = random_bytes(1000)
for k, (st, text) in zip(keys, run({}, *[('put', hexed(k), 'body') for k in keys])):
    assert st == 0, (k, st, text)
    assert ask('GET', '/bucket/' + k)[::2] == (200, data), k
out = run({}, ('list', hexed('n/')), *[('exists', hexed(k)) for k in keys], ('prefixes', hexed('n/')))
assert [l.rpartition(' ')[0] for l in bytes.fromhex(out[0][1]).decode().split('\n')[:-1]] == sorted(keys, key=str.encode, reverse=True)
assert all(o == (0, '1') for o in out[1:-1])
assert set(bytes.fromhex(out[-1][1]).decode().split('\n')[:-1]) == {'n/%s/ ?' % p for p in ('', '..', '.', 'a', 'é', 'dir')}, bytes.fromhex(out[-1][1])

print('# checksums and parts')
for algorithm in ('CRC32', 'CRC64NVME', 'SHA256', 'MD5', ''):
    for n in (0, 1, 5 * MIB + 1, 17 * MIB + 7):
        for sized in ((), ('unsized',)):
            data = random_bytes(n)
            out = run({'checksumAlgorithm': algorithm, 'concurrency': 3}, ('put', hexed('big'), 'body', *sized), ('get', hexed('big'), 'got'), ('stat', hexed('big')))
            assert [st for st, _ in out] == [0, 0, 0] and got() == data and ask('GET', '/bucket/big')[2] == data, (algorithm, n, out)
assert b'<Upload>' not in ask('GET', '/bucket', 'uploads=')[2], 'uploads are left'

print('# the key is the customer\'s: who has none, or another one, gets nothing')
for name, key in (('key', KEY), ('other', OTHER)):
    with open(name, 'wb') as f:
        f.write(key)
ours = {'customerKeyEncryptionFile': 'key'}
for n in (0, 5, 12 * MIB + 5):
    data = random_bytes(n)
    k = 'sse-%d' % n
    out = run(ours, ('put', hexed(k), 'body'), ('get', hexed(k), 'got'), ('stat', hexed(k)), ('exists', hexed(k)), ('url', hexed(k)))
    assert [st for st, _ in out] == [0] * 5 and got() == data, (n, out)
    assert ask('GET', '/bucket/' + k, **customer(KEY))[::2] == (200, data)
    assert ask('GET', '/bucket/' + k)[0] == 400 and ask('GET', '/bucket/' + k, **customer(OTHER))[0] in (400, 403)
    if n > 5:
        assert run(ours, ('range', hexed(k), 'got', '5242875', '10'))[0][0] == 0 and got() == data[5242875:5242885]
    link = out[4][1]
    assert send(link, headers=customer(KEY))[::2] == (200, data), send(link, headers=customer(KEY))
    assert send(link)[0] in (400, 403)
    for config in ({}, {'customerKeyEncryptionFile': 'other'}):
        st, text = run(config, ('get', hexed(k), 'got'))[0]
        assert st == -1 and '400 InvalidArgument' in text, (st, text)

print('# tags, and a lock')
for n in (0, 100):  # radosgw 16 forgets the tags of a multipart upload
    data = random_bytes(n)
    assert run({'tagging': 'team=a b&cost=ü'}, ('put', hexed('tagged'), 'body'))[0][0] == 0
    tags = ask('GET', '/bucket/tagged', 'tagging=')[2].decode()
    assert '<Tag><Key>cost</Key><Value>ü</Value></Tag>' in tags and '<Tag><Key>team</Key><Value>a b</Value></Tag>' in tags, tags
    assert run({'tagging': 'one=1'}, ('put', hexed('tagged'), 'body'))[0][0] == 0
    assert ask('GET', '/bucket/tagged', 'tagging=')[2].decode().count('<Tag>') == 1
assert ask('PUT', '/locked', x_amz_bucket_object_lock_enabled='true')[0] == 200
LOCK = {'objectLockMode': 'COMPLIANCE', 'objectLockRetain': 3600 * 10**9}
for n, algorithm in ((100, ''), (100, 'CRC32'), (6 * MIB, '')):
    data = random_bytes(n)
    assert run({**LOCK, 'checksumAlgorithm': algorithm}, ('bucket', 'locked'), ('put', hexed('k'), 'body'))[1][0] == 0
    status, headers, body = ask('GET', '/locked/k')
    assert (status, body, headers['x-amz-object-lock-mode']) == (200, data, 'COMPLIANCE'), headers
    assert ask('DELETE', '/locked/k', 'versionId=' + urllib.parse.quote(headers['x-amz-version-id'], safe=''))[0] == 403
assert run({}, ('bucket', 'locked'), ('delete', hexed('k')), ('exists', hexed('k')))[1:] == [(0, ''), (0, '0')]  # a marker; the versions stay

print('# conditions, and a bucket that is not there')
data = random_bytes(100)
assert [st for st, _ in run({}, ('put!', hexed('once'), 'body'), ('put!', hexed('once'), 'body'))] == [0, -11]
st, text = run({}, ('bucket', 'none'), ('get', hexed('k'), 'got'))[1]
assert st == -2 and '404 NoSuchBucket' in text, (st, text)
