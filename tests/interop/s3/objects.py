"""objects.py TOOL URL DIRECTORY -- objects through plugins/s3 into versitygw, and the files that it makes of them.  SPDX-License-Identifier: Apache-2.0"""
import json, os, random, subprocess, sys, urllib.request
tool, url, root = sys.argv[1:]
MIB = 1 << 20


def run(config, lines):
    with open('config.json', 'w') as f:
        json.dump({'s3Url': url, 'region': 'us-east-1', 's3ForcePathStyle': True, **config}, f)
    p = subprocess.run([tool, 'config.json'], input=''.join('\t'.join(l) + '\n' for l in lines), text=True, capture_output=True)
    assert p.returncode == 0 and 'secret+key' not in p.stdout + p.stderr, p.stderr
    out = [l.split('\t', 1) for l in p.stdout.splitlines()]
    assert len(out) == len(lines), p.stdout
    return [(int(st), text) for st, text in out]


def hexed(key):
    return key.encode().hex()


def stored(key):
    with open(os.path.join(root, key), 'rb') as f:
        return f.read()


def random_bytes(n):
    data = random.Random(n).randbytes(n)
    with open('body', 'wb') as f:
        f.write(data)
    return data


keys = ['n/' + c for c in map(chr, range(33, 127)) if c not in './'] + [
    'n/a b', 'n/a+b=c&d', 'n/%41%2f', 'n/é ü', 'n/日本/😀', 'n/..x', 'n/' + '/'.join(['k' * 200] * 5) + '/last', 'n/ lead', 'n/~-_.!*\'()']
data = random_bytes(1000)
for k, (st, text) in zip(keys, run({}, [('put', hexed(k), 'body') for k in keys])):
    assert st == 0, (k, st, text)
    assert stored(k) == data, k
got = run({}, [('list', hexed('n/'))] + [('exists', hexed(k)) for k in keys] + [('prefixes', hexed('n/'))])
listed = [l.rpartition(' ')[0] for l in bytes.fromhex(got[0][1]).decode().splitlines()]
assert listed == sorted(keys, key=str.encode, reverse=True), listed
assert all(g == (0, '1') for g in got[1:-1])
assert bytes.fromhex(got[-1][1]).decode().splitlines() == ['n/' + 'k' * 200 + '/ ?', 'n/日本/ ?'], bytes.fromhex(got[-1][1])
for algorithm in ('CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256', 'MD5', '', 'none'):
    for n in (0, 1, 5 * MIB, 5 * MIB + 1, 23 * MIB + 7):
        for sized in ((), ('unsized',)):
            data = random_bytes(n)
            out = run({'partSize': 5 * MIB, 'checksumAlgorithm': algorithm, 'concurrency': 3}, [('put', hexed('big'), 'body', *sized), ('get', hexed('big'), 'got'),
                                                                                              ('stat', hexed('big')), ('range', hexed('big'), 'part', '3', '10')])
            assert [st for st, _ in out] == [0, 0, 0, 0], (algorithm, n, out)
            assert stored('big') == data and open('got', 'rb').read() == data and open('part', 'rb').read() == data[3:13], (algorithm, n)
            assert bytes.fromhex(out[2][1]).decode() == 'big %d\n' % n
data = random_bytes(100)
out = run({'tagging': 'a=b', 'checksumAlgorithm': 'SHA256'}, [('put!', hexed('once'), 'body'), ('put!', hexed('once'), 'body'), ('url', hexed('once')),
                                                             ('delete', hexed('gone'))])
assert [st for st, _ in out] == [0, -11, 0, 0], out
with urllib.request.urlopen(out[2][1]) as answer:
    assert answer.read() == data
assert not [d for d, _, files in os.walk(os.path.join(root, '.sgwtmp', 'multipart')) if files], 'uploads are left'
