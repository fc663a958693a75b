"""common.py -- the build, processes and rows of tests/bench/run.  SPDX-License-Identifier: Apache-2.0"""
import glob
import os
import re
import resource
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, 'build-bench')
DATA = os.path.join(BUILD, 'data')
WORKERS = 5


first = False


def before_all():
    """Runs in the child, which is in a session of its own"""
    if first:
        with open('/proc/self/autogroup', 'w') as f:
            f.write('-20')
        os.setpriority(os.PRIO_PROCESS, 0, -20)


def sh(*argv, **more):
    return subprocess.run(argv, check=True, stdout=subprocess.PIPE, text=True, **more).stdout


def measure(*argv, **more):
    return sh(*argv, start_new_session=True, preexec_fn=before_all, **more)


def build():
    if not os.path.exists(os.path.join(BUILD, 'build.ninja')):
        sh('meson', 'setup', '--buildtype=release', '-Dtests=disabled', '-Dbench=true', BUILD, ROOT)
    done = subprocess.run(['ninja', '-C', BUILD], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        sys.exit(done.stdout[-4000:])
    for name in ('edit3', 'idle17', 'null_store', 'yield20'):
        os.makedirs(os.path.join(DATA, name), exist_ok=True)
        shutil.copyfile(os.path.join(BUILD, 'tests/bench', name + '.so'), os.path.join(DATA, name, name + '.so'))
    os.makedirs(os.path.join(DATA, 'none'), exist_ok=True)


def tool(name):
    return os.path.join(BUILD, 'tests/bench', name)


def generate(n, how, kind='mixed'):
    to = os.path.join(DATA, f'{how}-{n}-{kind}')
    if not os.path.isdir(to):
        sh(tool('generate'), str(n), to + '.part', how, kind)
        os.rename(to + '.part', to)
    return to


def size_of(directory):
    return sum(os.path.getsize(os.path.join(at, f)) for at, _, files in os.walk(directory) for f in files)


def median(v):
    return sorted(v)[len(v) // 2]


# ---- processes
def children_of(pid):
    """pid and everything below it"""
    found, todo = [], [pid]
    while todo:
        p = todo.pop()
        found.append(p)
        for t in glob.glob(f'/proc/{p}/task/*/children'):
            try:
                with open(t) as f:
                    todo += f.read().split()
            except OSError:
                pass
    return found


def pss_of(pid):
    try:
        with open(f'/proc/{pid}/smaps_rollup') as f:
            m = re.search(r'^Pss:\s+(\d+) kB', f.read(), re.M)
            return int(m.group(1)) if m else 0
    except OSError:
        return 0


def pss(pid):
    return sum(map(pss_of, children_of(pid)))


def run(argv, cwd, memory=False):
    """(seconds, CPU seconds, peak PSS in KiB or 0)"""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start, peak = time.monotonic(), 0
    with open(os.path.join(cwd, 'said'), 'w') as said:
        p = subprocess.Popen(argv, cwd=cwd, stdout=said, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True,
                             preexec_fn=before_all)
        while memory and p.poll() is None:
            peak = max(peak, pss(p.pid))
            time.sleep(0.02)
        p.wait()
    seconds = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if p.returncode:
        sys.exit(f'{" ".join(argv)} failed with {p.returncode}:\n' + open(os.path.join(cwd, 'said')).read()[-2000:])
    return seconds, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, peak


rows = []


def show(what, value, more=''):
    rows.append((what, value, more))
    print(f'  {what}: {value} {more}', file=sys.stderr, flush=True)


def spread(v, form):
    return form(median(v)), f'{form(min(v))} to {form(max(v))}'


def plugin_dir(name, *files):
    to = os.path.join(DATA, name)
    os.makedirs(to, exist_ok=True)
    for f in files:
        shutil.copy(f, to + '.part')
        os.rename(to + '.part', os.path.join(to, os.path.basename(f)))
        os.chmod(os.path.join(to, os.path.basename(f)), 0o644 if f.endswith('.so') else 0o755)
    return to
