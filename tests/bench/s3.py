"""s3.py -- tests/bench/run's rows of plugins/s3: beside curl, and beside velero-plugin-for-aws through Velero's client.  SPDX-License-Identifier: Apache-2.0

The store is versitygw on this machine. All send over http with the real hash of the body; curl is given it. Objects through Velero's client
have no size; so have ours that are called directly.
"""
import contextlib
import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time

from common import BUILD, DATA, before_all, children_of, measure, median, plugin_dir, show, tool
from velero import GO, build_go

AWS = 'github.com/vmware-tanzu/velero-plugin-for-aws/velero-plugin-for-aws@v1.14.3'
KEYS = {'AWS_ACCESS_KEY_ID': 'AKIABENCH', 'AWS_SECRET_ACCESS_KEY': 'secret'}
SMALL = 4000


def build_aws():
    to = os.path.join(GO, 'velero-plugin-for-aws')
    if not os.path.exists(to):
        done = subprocess.run(['go', 'install', '-ldflags=-s -w', AWS], env={**os.environ, 'GOBIN': GO, 'CGO_ENABLED': '0'}, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
        if done.returncode:
            print(f'  {done.stdout[-1000:]}', file=sys.stderr)
    return os.path.exists(to)


@contextlib.contextmanager
def gateway():
    """The URL of a store with a bucket bench"""
    root = os.path.join(DATA, 's3-store')
    os.makedirs(os.path.join(root, 'bench'), exist_ok=True)
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        at = f'127.0.0.1:{s.getsockname()[1]}'
    env = {**os.environ, 'ROOT_ACCESS_KEY': KEYS['AWS_ACCESS_KEY_ID'], 'ROOT_SECRET_KEY': KEYS['AWS_SECRET_ACCESS_KEY']}
    p = subprocess.Popen([os.path.join(GO, 'gateway'), at, root], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
                         preexec_fn=before_all)
    for _ in range(400):
        with contextlib.suppress(OSError):
            socket.create_connection(('127.0.0.1', int(at.split(':')[1]))).close()
            break
        time.sleep(0.05)
    try:
        yield 'http://' + at
    finally:
        p.kill()
        p.wait()
        shutil.rmtree(root, ignore_errors=True)


class Ways:
    """How an object gets into the store and back: plainly by curl, by s3.so in this process, by Velero's client with the drop-in or the Go plugin"""
    def __init__(self, url):
        self.url, self.env = url, {**os.environ, **KEYS}
        self.config = {'s3Url': url, 'region': 'us-east-1', 's3ForcePathStyle': 'true'}
        self.file = os.path.join(DATA, 's3-body')
        self.conf = os.path.join(DATA, 's3.json')
        with open(self.conf, 'w') as f:
            json.dump(self.config, f)
        so = os.path.join(BUILD, 'plugins/s3.so')
        self.direct = plugin_dir('s3-so', so)
        self.dropin = plugin_dir('s3-velero', os.path.join(BUILD, 'velero-plugin-pintle'), so)
        self.aws = plugin_dir('s3-aws', os.path.join(GO, 'velero-plugin-for-aws')) if build_aws() else None

    def body(self, n):
        block, sha = os.urandom(1 << 20), hashlib.sha256()
        with open(self.file, 'wb') as f:
            while f.tell() < n:
                sha.update(block[:n - f.tell()])
                f.write(block[:n - f.tell()])
        self.sha256 = sha.hexdigest()

    def curl(self, *args):
        return ['curl', '-sSf', '--aws-sigv4', 'aws:amz:us-east-1:s3', '--user', ':'.join(KEYS.values()), *args]

    def curl_put(self, key):
        return self.curl('-o', '/dev/null', '-H', f'x-amz-content-sha256: {self.sha256}', '-H', 'Expect:', '-T', self.file, f'{self.url}/bench/{key}')

    def by_curl(self, verb, n):
        empty = hashlib.sha256().hexdigest()
        start = time.monotonic()
        measure(*(self.curl_put(f'bytes-{n}') if verb == 'put' else self.curl('-o', '/dev/null', '-H', f'x-amz-content-sha256: {empty}', f'{self.url}/bench/bytes-{n}')))
        return n / 1e6 / (time.monotonic() - start), 0

    def here(self, *args):
        rate, peak = measure(tool('bench_s3'), os.path.join(BUILD, 'pintle-worker'), self.direct, self.conf, *map(str, args), env=self.env).split('\t')
        return float(rate), int(peak)

    def client(self, directory, verb, name, n):
        """The rate, and the peak RSS of the plugin's processes together"""
        p = subprocess.Popen([os.path.join(GO, 'client'), 'bench', directory, verb, name, str(n)], stdout=subprocess.PIPE, text=True, start_new_session=True,
                             preexec_fn=before_all, env={**self.env, 'BENCH_CONFIG': json.dumps({**self.config, 'bucket': 'bench'})})
        peaks = {}
        while p.poll() is None:
            for pid in children_of(p.pid)[1:]:
                with contextlib.suppress(OSError), open(f'/proc/{pid}/status') as f:
                    status = f.read()
                    if (m := re.search(r'^VmHWM:\s+(\d+)', status, re.M)) and os.path.basename(os.readlink(f'/proc/{pid}/exe')) != 'client':
                        peaks[pid] = int(m.group(1))
            time.sleep(0.1)
        if p.returncode:
            sys.exit(f'velero client {verb} {name}: {p.stdout.read()}')
        # processes of discovery have ended before; only the largest two can be those of the store
        return next(iter(json.loads(p.stdout.read()).values())), sum(sorted(peaks.values())[-2:])

    def by_dropin(self, verb, n):
        return self.client(self.dropin, verb, 'pintle.io/s3', n)

    def by_aws(self, verb, n):
        return self.client(self.aws, verb, 'velero.io/aws', n)


def beside(what, ours, theirs, runs, form, goal, name):
    """Medians of both, run for run, and the ratio of ours to theirs"""
    got = [(theirs(), ours()) for _ in range(runs)]
    them, us = [t[0] for t, _ in got], [o[0] for _, o in got]
    ratio = median([u / t for t, u in zip(them, us)])
    memory = f'; peak RSS {median([o[1] for _, o in got]) / 1024:.0f} MiB' + (f', theirs {m / 1024:.0f}' if (m := median([t[1] for t, _ in got])) else '')
    show(what, form(median(us)), f'{form(min(us))} to {form(max(us))}; {name} {form(median(them))}, {form(min(them))} to {form(max(them))}; ratio '
         f'{ratio:.2f} (goal: {goal}{"" if ratio >= goal else ", missed"}){memory}')


def objects(w, size, text, runs):
    w.body(size)
    for verb in ('put', 'get'):
        done = 'put' if verb == 'put' else 'got'
        beside(f'{text} {done} by `s3.so`, called directly', lambda: w.here(verb, size), lambda: w.by_curl(verb, size), runs, lambda v: f'{v:.0f} MB/s', 0.9, 'one curl')
    for verb in ('put', 'get') if w.aws else ():
        done = 'put' if verb == 'put' else 'got'
        beside(f'{text} {done} through Velero\'s client and the drop-in', lambda: w.by_dropin(verb, size), lambda: w.by_aws(verb, size), runs,
               lambda v: f'{v:.0f} MB/s', 1.5, 'velero-plugin-for-aws')


def small_objects(w, n, runs):
    w.body(SMALL)

    def each():
        start, some = time.monotonic(), n // 20
        for i in range(some):
            subprocess.run(w.curl_put(f'curl-{i}'), check=True)
        return some / (time.monotonic() - start), 0

    def kept():
        start = time.monotonic()
        measure(*w.curl_put(f'curl-[1-{n}]'))
        return n / (time.monotonic() - start), 0

    text, form = f'{n:,} objects of 4 KB put', lambda v: f'{v:.0f}/s'
    for callers in (1, 4):
        who = f'{text} by `s3.so`, {callers} caller{"s" if callers > 1 else ""}'
        beside(who, lambda: w.here('small', n, callers), each, runs, form, 5, 'one curl process each')
        beside(who, lambda: w.here('small', n, callers), kept, runs, form, 1, 'one curl with keep-alive')
    if w.aws:
        beside(f'{text} through Velero\'s client and the drop-in', lambda: w.client(w.dropin, 'small', 'pintle.io/s3', n // 5),
               lambda: w.client(w.aws, 'small', 'velero.io/aws', n // 5), runs, form, 1.5, 'velero-plugin-for-aws')


def s3_rows(runs, quick):
    if not build_go() or not shutil.which('curl'):
        print('  s3: skipped, there is no curl, no Go or its modules are not to be had', file=sys.stderr)
        return
    with gateway() as url:
        w = Ways(url)
        objects(w, 256 << 20, '256 MiB', runs)
        small_objects(w, 2000 if quick else 10000, min(runs, 3))


def s3_large_rows(runs):
    if not build_go() or not shutil.which('curl'):
        return
    with gateway() as url:
        objects(Ways(url), 4 << 30, '4 GiB', runs)
