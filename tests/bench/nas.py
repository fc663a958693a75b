"""nas.py -- plugins/nas: what its fingerprint driver stores, without the files that it is read from.  SPDX-License-Identifier: Apache-2.0"""
import re

from common import measure, show, spread, tool


def nas_rows(runs, quick):
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
