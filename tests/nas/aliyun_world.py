"""aliyun_world.py -- what the tests of driver aliyun share: a NAS with file systems, the tool that calls the driver, and how tests are run.
SPDX-License-Identifier: Apache-2.0

A test is a function that takes a World. After it nothing may have been asked wrongly, and no secret may stand in what a tool said."""
import json, os, shutil, subprocess, sys, tempfile, traceback
from aliyun import Aliyun, Server, Wrong

OK, FAILED, INVALID, NOT_FOUND, CONFLICT, DENIED, TRANSIENT, CANCELLED, UNSUPPORTED, NOMEM, TIMED_OUT = 0, -1, -2, -3, -4, -5, -6, -7, -8, -9, -10
SECOND, NAME, REGION = 10**9, 'velero-0123456789abcdef0123456789abcdef01234567', 'cn-hangzhou'
tests, work = [], tempfile.mkdtemp()


def test(f):
    tests.append(f)
    return f


def same(a, b):
    assert a == b, '%r is not %r' % (a, b)


def outcome(r):
    return r['status'], r['message']


class World:
    def __init__(self):
        self.a = Aliyun(tempfile.mkdtemp(dir=work), tick=1)
        self.f = self.a.file_system('extreme-0015')
        self.domain = self.a.mount_target(self.f)
        self.a.write('extreme-0015', 'first')
        self.server, self.tools = Server(self.a), []

    def tool(self, env={}, keys='ALIBABA_CLOUD_ACCESS_KEY_ID=LTAIkey\nALIBABA_CLOUD_ACCESS_KEY_SECRET=s3cret/+"\n', **config):
        t = Tool(self, env, keys, config)
        self.tools.append(t)
        return t

    def volume(self, **more):
        return {'kind': 'nasplugin.csi.alibabacloud.com', 'server': self.domain, 'path': '/share', 'subpath': 'data', 'fs_id': 'extreme-0015', 'fs_type': 'extreme', 'region': REGION,
                'pv': 'nas-1', **more}

    def asked(self, action):
        return [p for a, p in self.a.seen if a == action]

    def close(self):
        for t in self.tools:
            t.close()
        self.server.close()
        same(self.a.wrong, [])


class Tool:
    def __init__(self, w, env, keys, config):
        dir = tempfile.mkdtemp(dir=work)
        self.w, self.said, self.now = w, '', 0
        self.file, path = dir + '/keys', dir + '/config'
        if keys is not None:
            with open(self.file, 'w') as f:
                f.write(keys)
        base = {'aliyunEndpoint': w.server.url, 'aliyunStsEndpoint': w.server.url, 'aliyunMetadataEndpoint': w.server.url, 'aliyunTimeout': 300 * SECOND}
        if keys is not None:
            base['credentialsFile'] = self.file
        base.update(config)
        with open(path, 'w') as f:
            json.dump({k: v for k, v in base.items() if v is not None}, f)
        clean = {k: v for k, v in os.environ.items() if not k.lower().endswith('_proxy') and not k.startswith('ALIBABA_CLOUD')}
        self.p = subprocess.Popen([sys.argv[1], path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**clean, **env})
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
        self.p.stdin.write(json.dumps({'do': do, 'volume': volume or self.w.volume(), **more}) + '\n')
        self.p.stdin.flush()
        return self.outcome()

    def set(self, name, to):
        self.p.stdin.write(json.dumps({'set': name, 'to': to}) + '\n')

    def snapshot(self, name=NAME, wait=True, volume=None, **more):
        r = self.ask('snapshot', volume, name=name, wait=wait, **more)
        same(outcome(r), (OK, ''))
        return r['out']['id']

    def close(self):
        self.p.stdin.close()
        same(self.p.wait(30), 0)
        for secret in [s for s, _ in self.w.a.keys.values()] + [t[0] for _, t in self.w.a.keys.values() if t]:
            assert secret not in self.said and json.dumps(secret)[1:-1] not in self.said, 'a secret is told'


def main():
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
            traceback.print_exc(file=sys.stdout)
    shutil.rmtree(work, ignore_errors=True)
    print('%d tests, %d failed' % (len(tests), bad))
    return 1 if bad else 0
