"""nas.py -- plugins/nas: what its fingerprint driver stores, and trees that it backs up, beside restic.  SPDX-License-Identifier: Apache-2.0"""
import os
import random
import re
import shutil
import subprocess
import time

from common import DATA, measure, median, show, spread, tool

LINE = re.compile(r'([0-9.]+) s, ([0-9.]+) s of CPU, ([0-9]+) entries, ([0-9]+) bytes read, ([0-9]+) new, ([0-9]+) stored, ([0-9]+) KiB')


def tree(name, *argv):
    """Made once, and in the page cache then as far as it goes there"""
    to = os.path.join(DATA, name)
    if not os.path.isdir(to):
        shutil.rmtree(to + '.part', ignore_errors=True)
        measure(tool('make_tree'), to + '.part', *argv)
        os.rename(to + '.part', to)
    subprocess.run(['sh', '-c', 'find "$1" -type f -exec cat {} + >/dev/null; sync', 'sh', to], check=True)
    return to


def back_up(of, store, times=2):
    if store != '-':
        os.makedirs(store, exist_ok=True)
    return [[float(x) for x in LINE.match(line).groups()] for line in measure(tool('bench_tree'), of, store, str(times)).splitlines()]


def empty(*names):
    for name in names:
        shutil.rmtree(os.path.join(DATA, name), ignore_errors=True)
    subprocess.run(['sync'], check=True)
    return [os.path.join(DATA, name) for name in names]


def beside_restic(runs, quick):
    count = '3000' if quick else '30000'
    of = tree('nas-tree-' + count, count, '25600', '300', 'text')
    ours, theirs = [], []
    env = dict(os.environ, RESTIC_PASSWORD='bench')
    for _ in range(runs):
        store, repo = empty('nas-store', 'nas-restic')
        ours.append(back_up(of, store))
        if not shutil.which('restic'):
            continue
        measure('restic', '-r', repo, '--no-cache', 'init', '-q', env=env)
        subprocess.run(['sync'], check=True)
        seconds = []
        for _ in range(2):
            start = time.monotonic()
            measure('restic', '-r', repo, '--no-cache', 'backup', '-q', of, env=env)
            seconds.append(time.monotonic() - start)
        theirs.append(seconds)
    empty('nas-store', 'nas-restic')
    for i, what in enumerate(('first backup', 'unchanged rescan')):
        show(f'fingerprint: tree of {int(ours[0][0][2]):,} names, {ours[0][0][3] / 1e6:,.0f} MB, {what}', *spread([v[i][0] for v in ours], lambda t: f'{t:.2f} s'))
        if theirs:
            mine, other = median([v[i][0] for v in ours]), median([v[i] for v in theirs])
            show(f'the same with restic, {what}', *spread([v[i] for v in theirs], lambda t: f'{t:.2f} s'))
            show(f'fingerprint / restic, {what}', f'{mine / other:.2f}')


def many_files(quick):
    count = 100000 if quick else 1000000
    of = tree(f'nas-{count}', str(count), '300', '1000', 'noise')
    store, = empty('nas-store')
    first, again = back_up(of, store, 1)[0], back_up(of, store, 1)[0]
    for what, v in (('first backup', first), ('rescan', again)):
        show(f'fingerprint: {count:,} small files, {what}', f'{v[0]:.1f} s', f'{v[1]:.1f} s of CPU, {v[6] / 1024:.0f} MiB peak RSS')
    empty('nas-store', f'nas-{count}')


def large_files(quick):
    free = shutil.disk_usage(DATA).free
    megabytes = 1000 if quick else 10000 if free > 30e9 else 3000
    of = tree('nas-large', str(megabytes), '1000000', '1000', 'noise')
    v = back_up(of, '-', 1)[0]
    show(f'fingerprint: {megabytes:,} files of 1 MB into a store that discards', f'{v[3] / 1e6 / v[1]:,.0f} MB/s a core',
         f'{v[3] / 1e6 / v[0]:,.0f} MB/s in all, {v[6] / 1024:.0f} MiB peak RSS')
    empty('nas-large')


def changed_blocks(quick):
    size = (400 if quick else 4096) << 20
    of, = empty('nas-one')
    os.makedirs(of)
    path = os.path.join(of, 'one')
    with open(path, 'wb') as f:
        for _ in range(size >> 20):
            f.write(os.urandom(1 << 20))
    store, = empty('nas-store')
    first = back_up(of, store, 1)[0]
    with open(path, 'r+b') as f:
        blocks = size >> 22
        for i in random.Random(1).sample(range(blocks), blocks // 100):
            f.seek((i << 22) + 1000)
            f.write(b'changed')
    again = back_up(of, store, 1)[0]
    show(f'fingerprint: a file of {size >> 20:,} MiB, first backup', f'{first[0]:.1f} s', f'{first[5] / 1e6:,.0f} MB stored, {first[6] / 1024:.0f} MiB peak RSS')
    show('fingerprint: the same with 1 % of its blocks changed', f'{again[0]:.1f} s', f'{again[4] / 1e6:,.0f} MB new, {again[5] / 1e6:,.0f} MB stored')
    empty('nas-store', 'nas-one')


def nas_rows(runs, quick):
    beside_restic(runs, quick)
    many_files(quick)
    large_files(quick)
    changed_blocks(quick)
    megabytes = '1000' if quick else '10000'
    for what, argv in (('random bytes', ('1000000', megabytes, 'random')), ('random bytes, encrypted', ('1000000', megabytes, 'random', '0', 'key')),
                       ('text of 31 letters', ('1000000', megabytes, 'text')), ('4 KiB files of text', ('4096', '100000', 'text'))):
        v = [[re.match(r'[0-9.]*', f).group(0) for f in measure(tool('bench_blocks'), *argv).split('\t')] for _ in range(runs)]
        show(f'fingerprint: blocks hashed, compressed and packed, one core, {what}', *spread([float(x[4]) for x in v], lambda r: f'{r:,.0f} MB/s'))
    count = '100000' if quick else '1000000'
    v = [[line.split('\t') for line in measure(tool('bench_manifest'), count).splitlines()] for _ in range(runs)]
    for i, what in enumerate(('written', 'read', 'learnt')):
        show(f'fingerprint: manifest of {int(count):,} files {what}', *spread([float(re.search(r'([0-9.]+) s', x[i][1]).group(1)) for x in v], lambda t: f'{t:.2f} s CPU'))
    show('fingerprint: memory of that', f'{int(v[0][2][-1].split()[0]) / 1024:.1f} MiB', 'peak RSS')
