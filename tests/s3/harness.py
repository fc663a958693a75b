"""harness.py -- what the tests of plugins/s3 share: the tool that calls the plugin, and how tests are run.  SPDX-License-Identifier: Apache-2.0

A test is a function that takes a Store (store.py). After it no request may have been wrong, and no secret may stand in what a tool logged or said."""
from concurrent.futures import ThreadPoolExecutor
import json, os, random, shutil, subprocess, sys, tempfile, time, traceback
from store import ACCESS, SECRET, Store

MIB = 1 << 20
OK, FAILED, INVALID, NOT_FOUND, CONFLICT, DENIED, TRANSIENT, CANCELLED, UNSUPPORTED, TIMED_OUT, EXISTS = 0, -1, -2, -3, -4, -5, -6, -7, -8, -10, -11
SECOND = 10**9
tests = []
work = tempfile.mkdtemp()


def test(f):
    tests.append(f)
    return f


class Tool:
    """One instance of the action. secrets: beside the secret key, what must not be logged."""

    def __init__(self, store, environment=(), secrets=(), program=None, **config):
        self.dir, self.secrets, self.said = tempfile.mkdtemp(dir=work), [SECRET, 'AWS4-HMAC', 'Signature=', *secrets], []
        path = self.dir + '/config.json'
        base = {'s3Url': store.url, 'region': 'us-east-1', 's3ForcePathStyle': True, 'maxRetries': 3}
        base.update(config)
        with open(path, 'w') as f:
            json.dump(base, f)
        env = {'PATH': os.environ['PATH'], 'AWS_ACCESS_KEY_ID': ACCESS, 'AWS_SECRET_ACCESS_KEY': SECRET, 'AWS_EC2_METADATA_DISABLED': 'true', 'HOME': self.dir}
        env.update(environment)
        env.update({k: v for k, v in os.environ.items() if k.endswith('SAN_OPTIONS')})
        self.log = open(self.dir + '/log', 'w+')
        self.p = subprocess.Popen([program or sys.argv[1], path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, env=env, text=True)

    def ask(self, *words):
        self.p.stdin.write('\t'.join(words) + '\n')
        self.p.stdin.flush()
        return self.outcome()

    def outcome(self):
        line = self.p.stdout.readline()
        assert line, 'the tool ended: %s' % self.logged()
        status, _, text = line[:-1].partition('\t')
        if status != '0':
            self.said.append(text)
        return int(status), text

    def logged(self):
        """All that was logged, at every level."""
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

    def set(self, name, value):
        same(self.ask('set', name, str(value)), (OK, ''))

    def close(self):
        self.p.stdin.close()
        assert self.p.wait(60) == 0, 'exit status %d: %s' % (self.p.returncode, self.logged())
        said = self.logged() + '\n'.join(self.said)
        for secret in self.secrets:
            assert secret not in said, 'a secret is told: %s' % said
        return said


def bytes_of(n, seed=1):
    return random.Random(seed).randbytes(n)


def same(got, want):
    assert got == want, 'got %.300r, want %.300r' % (got, want)


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
        store.close()


def main():
    only = sys.argv[2:]
    try:
        with ThreadPoolExecutor(4) as several:
            done = list(several.map(one, [f for f in tests if not only or f.__name__ in only]))
    finally:
        shutil.rmtree(work, ignore_errors=True)
    sys.exit(0 if done and all(done) else 1)
