"""world.py -- what the tests of a vendor's driver share: the tool that calls the driver, and how tests are run.
SPDX-License-Identifier: Apache-2.0"""
import json, os, shutil, subprocess, sys, tempfile, traceback

OK, FAILED, INVALID, NOT_FOUND, CONFLICT, DENIED, TRANSIENT, CANCELLED, UNSUPPORTED, NOMEM, TIMED_OUT, EXISTS = 0, -1, -2, -3, -4, -5, -6, -7, -8, -9, -10, -11
SECOND, NAME = 10**9, 'velero-0123456789abcdef0123456789abcdef01234567'
tests, work = [], tempfile.mkdtemp()


def test(f):
    tests.append(f)
    return f


def same(a, b):
    assert a == b, '%r is not %r' % (a, b)


def outcome(r):
    return r['status'], r['message']


class Tool:
    """tool_driver.c with a configuration (members that are None are left out). What no line may hold: secrets()."""

    def start(self, dir, config, env={}, without=()):
        with open(dir + '/config', 'w') as f:
            json.dump({k: v for k, v in config.items() if v is not None}, f)
        clean = {k: v for k, v in os.environ.items() if not k.lower().endswith('_proxy') and not k.startswith(tuple(without))}
        self.p = subprocess.Popen([sys.argv[1], dir + '/config'], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**clean, **env})
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

    def send(self, **command):
        self.p.stdin.write(json.dumps(command) + '\n')
        self.p.stdin.flush()

    def set(self, name, to):
        self.send(set=name, to=to)

    def close(self):
        self.p.stdin.close()
        same(self.p.wait(30), 0)
        for secret in self.secrets():
            assert secret not in self.said and json.dumps(secret)[1:-1] not in self.said, 'a secret is told'


def main(world):
    bad = 0
    for f in tests:
        if len(sys.argv) > 2 and f.__name__ not in sys.argv[2:]:
            continue
        w = world()
        try:
            f(w)
            w.close()
        except Exception:
            bad += 1
            print('FAIL', f.__name__)
            traceback.print_exc(file=sys.stdout)
            for t in w.tools:
                t.p.kill()
    shutil.rmtree(work, ignore_errors=True)
    print('%d tests, %d failed' % (len(tests), bad))
    return 1 if bad else 0
