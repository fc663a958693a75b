"""ontap_world.py -- what the tests of driver ontap share: an ONTAP with volumes, the tool that calls the driver, and how tests are run.
SPDX-License-Identifier: Apache-2.0

A test is a function that takes a World. After it nothing may have been asked wrongly, and the password may not stand in what a tool said."""
import json, os, re, subprocess, sys, tempfile, traceback
from ontap import Ontap, Wrong
from ontap_tls import Server, certificates

OK, FAILED, INVALID, NOT_FOUND, CONFLICT, DENIED, TRANSIENT, CANCELLED, UNSUPPORTED, TIMED_OUT, EXISTS, NOMEM = 0, -1, -2, -3, -4, -5, -6, -7, -8, -10, -11, -9
SECOND, PASSWORD = 10**9, 'pa$$ "word\\:1'
NAME = 'velero-0123456789abcdef0123456789abcdef01234567'
tests, work = [], tempfile.mkdtemp()
UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'


def test(f):
    tests.append(f)
    return f


def same(a, b):
    assert a == b, '%r is not %r' % (a, b)


class World:
    """One ONTAP with SVM svm1, a Trident volume and one that is exported, and files in them."""

    def __init__(self):
        self.o = Ontap(tempfile.mkdtemp(dir=work), user='backup', password=PASSWORD, tick=1)
        self.o.svm('svm1', ['10.0.0.5', 'fd00::5'])
        self.o.svm('svm2', ['10.0.0.6'])
        self.root = self.o.volume('svm1', 'svm1_root', '/')
        self.v = self.o.volume('svm1', 'trident_pvc_1', '/trident_pvc_1')
        self.e = self.o.volume('svm1', 'exports', '/exports')
        self.o.write(self.v, 'a', 'first')
        os.mkdir(self.o.directory(self.e) + '/sub')
        self.o.write(self.e, 'sub/b', 'first')
        self.server = Server(self.o, work)
        self.tools = []

    def tool(self, **config):
        t = Tool(self, **config)
        self.tools.append(t)
        return t

    def asked(self, method, pattern=''):
        return [p for m, p in self.o.seen if m == method and re.search(pattern, p)]

    def close(self):
        for t in self.tools:
            t.close()
        self.server.close()
        same(self.o.wrong, [])


class Tool:
    def __init__(self, w, drop=(), **config):
        dir = tempfile.mkdtemp(dir=work)
        with open(dir + '/password', 'w') as f:
            f.write(PASSWORD + '\n')
        self.password_file = dir + '/password'
        base = {'ontapUrl': w.server.url, 'ontapSvm': 'svm1', 'ontapUsername': 'backup', 'ontapPasswordFile': dir + '/password', 'ontapCaFile': work + '/ca.pem'}
        base.update(config)
        base = {k: v for k, v in base.items() if v is not None}
        with open(dir + '/config', 'w') as f:
            json.dump(base, f)
        env = {k: v for k, v in os.environ.items() if not k.lower().endswith('_proxy')}
        self.p = subprocess.Popen([sys.argv[1], dir + '/config'], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env)
        self.said, self.now = '', 0
        self.made = self.outcome()

    def outcome(self):
        line = self.p.stdout.readline()
        assert line, 'the tool ended'
        self.said += line
        r = json.loads(line)
        r['out'] = r['item'].get('out', {})
        r['took'], self.now = r['now'] - self.now, r['now']
        return r

    def ask(self, do, volume=None, **more):
        self.p.stdin.write(json.dumps({'apiVersion': 'v1', 'kind': 'Pod', 'metadata': {'name': 'x', 'namespace': 'y'}, 'do': do, 'volume': volume or {}, **more}) + '\n')
        self.p.stdin.flush()
        return self.outcome()

    def set(self, name, to):
        self.p.stdin.write(json.dumps({'set': name, 'to': to}) + '\n')

    def snapshot(self, v=None, name=NAME, wait=True, **more):
        r = self.ask('snapshot', v or trident(), name=name, wait=wait, **more)
        assert r['status'] == OK, r
        return r['out']['id']

    def close(self):
        self.p.stdin.close()
        same(self.p.wait(30), 0)
        assert PASSWORD not in self.said and json.dumps(PASSWORD)[1:-1] not in self.said, 'the password is told'


def trident(name='trident_pvc_1', **more):
    return {'kind': 'csi.trident.netapp.io', 'name': name, 'pv': 'pvc-1', 'fs_id': 'backend', **more}


def nfs(path='/exports/sub', server='10.0.0.5', **more):
    return {'kind': 'nfs', 'server': server, 'path': path, 'pv': 'pv-1', **more}


def names(v):
    return sorted(s['name'] for s in v['snapshots'].values())


def outcome(r):
    return r['status'], r['message']


def main():
    if not certificates(work):
        print('skipped: there is no openssl')
        return 77
    bad = 0
    for f in tests:
        if len(sys.argv) > 2 and f.__name__ not in sys.argv[2:]:
            continue
        w = World()
        try:
            f(w)
            w.close()
        except Exception:
            bad += 1
            print('FAIL', f.__name__)
            traceback.print_exc()
            for t in w.tools:
                t.p.kill()
    print('%d tests, %d failed' % (len(tests), bad))
    subprocess.run(['rm', '-rf', work])
    return bad > 0
