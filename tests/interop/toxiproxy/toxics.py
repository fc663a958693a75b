"""toxics.py TOOL [TEST...] -- N1: plugins/s3 over lines that toxiproxy makes bad, to a store that checks every byte.  SPDX-License-Identifier: Apache-2.0"""
import json, os, socket, subprocess, sys, time, urllib.request
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../s3'))
from harness import *


def port_of_nobody():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


port = port_of_nobody()


def api(path, body):
    request = urllib.request.Request('http://127.0.0.1:%d%s' % (port, path), json.dumps(body).encode(), {'Content-Type': 'application/json'})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


class Line:
    """A proxy of toxiproxy's before the store. Each toxic: (type, stream or "both", share of the connections, attributes)."""

    def __init__(self, store, *toxics):
        name = 'to-%d' % store.port
        self.name = name
        self.url = 'http://' + api('/proxies', {'name': name, 'listen': '127.0.0.1:0', 'upstream': '127.0.0.1:%d' % store.port})['listen']
        for kind, stream, share, attributes in toxics:
            for s in ('upstream', 'downstream') if stream == 'both' else (stream,):
                api('/proxies/%s/toxics' % name, {'name': kind + s, 'type': kind, 'stream': s, 'toxicity': share, 'attributes': attributes})


def there_and_back(s, line, *sizes, at_least=0, **config):
    t = Tool(line, partSize=5 * MIB, **config)
    for n in sizes:
        at = time.time()
        same(t.put('k', bytes_of(n)), (OK, ''))
        assert s.objects['k'][0] == bytes_of(n)
        assert t.get('k') == (OK, bytes_of(n))
        assert time.time() - at >= at_least, time.time() - at
        same(t.lines('list', ''), [('k', str(n))])
    same(s.uploads, {})
    t.close()


@test
def n1_latency(s):
    """500 ms, give or take 100, each way: three requests take at least 2.4 s."""
    there_and_back(s, Line(s, ('latency', 'both', 1, {'latency': 500, 'jitter': 100})), 0, 1000, 12 * MIB, at_least=2.4)


@test
def n1_latency_and_errors(s):
    """The same, and each fourth request fails."""
    n = [0]

    def hook(r):
        n[0] += 1
        return n[0] % 4 == 0 and (r.error(503, 'SlowDown') or True)
    s.hook = hook
    there_and_back(s, Line(s, ('latency', 'both', 1, {'latency': 500, 'jitter': 100})), 12 * MIB, maxRetries=8)


@test
def n1_bandwidth(s):
    """10 kB a second: 60 kB there and back take 12 s, and no timeout counts for the whole."""
    there_and_back(s, Line(s, ('bandwidth', 'both', 1, {'rate': 10})), 60000, at_least=10, maxRetries=0, idleTimeout=8 * SECOND)


@test
def n1_slicer(s):
    there_and_back(s, Line(s, ('slicer', 'both', 1, {'average_size': 64, 'size_variation': 32, 'delay': 10})), 300000)


@test
def n1_reset_peer(s):
    """Four of ten connections are reset, 50 ms after they began."""
    there_and_back(s, Line(s, ('reset_peer', 'downstream', 0.4, {'timeout': 50})), 1000, 12 * MIB, maxRetries=20)
    t = Tool(Line(s2 := Store(), ('reset_peer', 'downstream', 1, {'timeout': 0})), maxRetries=2)
    same(t.put('k', b'data')[0], TRANSIENT)
    t.close()
    s2.close()


@test
def n1_timeout(s):
    """Four of ten connections are silent for ever: another one is taken after idleTimeout."""
    there_and_back(s, Line(s, ('timeout', 'downstream', 0.4, {'timeout': 0})), 1000, maxRetries=20, idleTimeout=SECOND)
    t = Tool(Line(s2 := Store(), ('timeout', 'downstream', 1, {'timeout': 0})), maxRetries=1, idleTimeout=SECOND)
    at = time.time()
    same(t.get('k')[0], TRANSIENT)
    assert time.time() - at < 8, time.time() - at
    t.close()
    s2.close()


@test
def n1_limit_data(s):
    """Connections end after 3 MiB: what is got goes on from there; a part of 5 MiB never arrives, and nothing is left of it."""
    line = Line(s, ('limit_data', 'downstream', 1, {'bytes': 3 * MIB}))
    there_and_back(s, line, 12 * MIB, concurrency=1)
    there_and_back(s, line, 12 * MIB, concurrency=3)
    s.objects.clear()
    t = Tool(Line(s2 := Store(), ('limit_data', 'upstream', 1, {'bytes': 3 * MIB})), partSize=5 * MIB, maxRetries=2)
    same(t.put('k', bytes_of(12 * MIB))[0], TRANSIENT)
    same((s2.objects, s2.uploads), ({}, {}))
    same(t.put('k', bytes_of(2 * MIB)), (OK, ''))
    same(s2.wrong, [])
    t.close()
    s2.close()


@test
def n1_slow_close(s):
    there_and_back(s, Line(s, ('slow_close', 'both', 1, {'delay': 2000})), 1000, 12 * MIB)


if __name__ == '__main__':
    proxy = subprocess.Popen(['toxiproxy', str(port)])
    try:
        for i in range(200):
            try:
                socket.create_connection(('127.0.0.1', port)).close()
                break
            except OSError:
                time.sleep(0.05)
        main()
    finally:
        proxy.terminate()
        proxy.wait()
