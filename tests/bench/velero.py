"""velero.py -- tests/bench/run's rows through Velero's own client: a Go plugin and a .so that do the same.  SPDX-License-Identifier: Apache-2.0"""
import glob
import json
import os
import shutil
import subprocess
import sys
import time

from common import BUILD, DATA, ROOT, measure, median, plugin_dir, pss, pss_of, show, tool

GO = os.path.join(BUILD, 'go')
OBJECT = 256 << 20


def build_go():
    """Velero's client, a Go plugin and versitygw, as tests/interop builds them; False where there is no Go."""
    if not shutil.which('go'):
        return False
    for name in ('client', 'goplugin', 'gateway'):
        at = os.path.join(ROOT, 'tests/interop', 's3' if name == 'gateway' else f'velero/{name}')
        done = subprocess.run(['go', 'build', '-buildvcs=false', '-ldflags=-s -w', '-o', os.path.join(GO, name), '.'], cwd=at, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
        if done.returncode:
            print(f'  {done.stdout[-1000:]}', file=sys.stderr)
            return False
    return True


def client(directory, *args):
    return next(iter(json.loads(measure(os.path.join(GO, 'client'), 'bench', directory, *args)).values()))


def handshake(path):
    """milliseconds from exec to the handshake line"""
    start = time.monotonic()
    p = subprocess.Popen([path], env={**os.environ, 'VELERO_PLUGIN': 'hello', 'PLUGIN_PROTOCOL_VERSIONS': '2'}, stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    p.stdout.readline()
    took = (time.monotonic() - start) * 1000
    p.kill()
    p.wait()
    p.stdout.close()
    return took


def held_pss(directory, *args):
    """KiB of all processes of a plugin directory once each was called, without the client's"""
    p = subprocess.Popen([os.path.join(GO, 'client'), 'bench', directory, 'hold', *args], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    p.stdout.readline()
    got = pss(p.pid) - pss_of(p.pid)
    p.communicate('')
    return got


def both(what, once, form, runs, goal, less, floor=False):
    """once(0): the Go plugin's, once(1): pintle's, once(2): that of floor.c; one after the other, run for run"""
    got = [[once(i) for i in range(3 if floor else 2)] for _ in range(runs)]
    go, so = [v[0] for v in got], [v[1] for v in got]
    ratio = median([s / g for g, s in zip(go, so)])
    least = f'; a C server that answers at once {form(median([v[2] for v in got]))}, ratio {median([v[2] / v[0] for v in got]):.2f}' if floor else ''
    kept = ratio <= goal if less else ratio >= goal
    show(what, form(median(so)), f'{form(min(so))} to {form(max(so))}; the Go plugin {form(median(go))}, {form(min(go))} to {form(max(go))}; ratio '
         f'{ratio:.2f} (goal: {"at most" if less else "at least"} {goal}{"" if kept else ", missed"}){least}')


def velero_rows(items, runs, quick):
    if not build_go():
        print('  velero: skipped, there is no Go or its modules are not to be had', file=sys.stderr)
        return
    drop_in, go = os.path.join(BUILD, 'velero-plugin-pintle'), os.path.join(GO, 'goplugin')
    sos = [os.path.join(BUILD, 'tests/bench', name + '.so') for name in ('edit3', 'null_store')]
    dirs = (plugin_dir('velero-go', go), plugin_dir('velero-so', drop_in, *sos), plugin_dir('velero-floor', tool('floor')))
    note, null = 'bench.example.com/note', 'bench.example.com/null'
    actions, stores = ('go.example.com/good', note, note), ('go.example.com/null', null, null)
    files, calls = sorted(glob.glob(os.path.join(items, '0000', '*.json')))[:100], '2000' if quick else '20000'
    # The drop-in tells each change in Velero's log, and reading the line costs Velero's client: beside the Go plugin that tells nothing, one that does.
    for action, what in (('go.example.com/good', 'an annotation set'), ('go.example.com/told', 'the same, the Go plugin telling its change, too')):
        for callers in ('1', '4'):
            both(f'{what}, through Velero\'s client, {callers} caller{"s" if callers != "1" else ""}: a call',
                 lambda i: client(dirs[i], 'calls', (action, *actions[1:])[i], callers, calls, *files), lambda v: f'{v:.0f} µs', runs, 0.6, True, True)
    for verb, what in (('put', 'put into a store that discards it'), ('get', 'got from a store that makes it')):
        both(f'256 MiB {what}, through Velero\'s client', lambda i: client(dirs[i], verb, stores[i], str(OBJECT)), lambda v: f'{v:.0f} MB/s', runs, 1.5, False,
             True)
    both('from exec to handshake', lambda i: handshake((os.path.join(dirs[0], 'goplugin'), os.path.join(dirs[1], 'velero-plugin-pintle'))[i]),
         lambda v: f'{v:.1f} ms', 4 * runs, 1, True)
    for what, args in (('one item worker', ()), ('an item worker and a store', (1,))):
        both(f'memory of the drop-in with {what}', lambda i: held_pss(dirs[i], actions[i], files[0], *[stores[i] for _ in args]) / 1024,
             lambda v: f'{v:.1f} MiB', runs, 1, True)
    show('size of what is copied into Velero\'s plugin directory', f'{os.path.getsize(drop_in) / 1e6:.2f} MB',
         f'and {sum(map(os.path.getsize, sos)) / 1e3:.0f} kB of plugins, linked with this system\'s libraries; the Go plugin {os.path.getsize(go) / 1e6:.1f} MB')
