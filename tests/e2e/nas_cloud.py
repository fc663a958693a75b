"""nas_cloud.py aliyun|ontap DIRECTORY -- a vendor's emulator (tests/nas) for whole-program tests, which speak to it through two pipes.
SPDX-License-Identifier: Apache-2.0

Each line of DIRECTORY/do is Python; what it prints goes to DIRECTORY/said. c is the emulator, v what stands for the volume. Ends at an empty line; then
nothing may have been asked wrongly."""
import contextlib, io, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'nas'))
sys.dont_write_bytecode = True
kind, at = sys.argv[1:]

if kind == 'aliyun':
    from aliyun import Aliyun, Server, Wrong
    c = Aliyun(at + '/volumes', took=0)
    c.pending_for = c.target_for = c.domain_for = 0
    v = c.file_system('extreme-0015')
    c.mount_target(v)
    c.write('extreme-0015', 'first')
    server = Server(c)
else:
    from ontap import Ontap, Wrong
    from ontap_tls import Server, certificates
    c = Ontap(at + '/volumes', user='backup', password='secret word', took=0)
    c.svm('svm1', ['10.0.0.5'])
    v = c.volume('svm1', 'trident_pvc_1', '/trident_pvc_1')
    c.write(v, 'a', 'first')
    server = Server(c, at) if certificates(at) else None


def write(text):
    c.write(*([v, 'a'] if kind == 'ontap' else ['extreme-0015']), text)


def snapshots():
    """Their names."""
    print(*sorted(s['name'] for s in (c.snapshots if kind == 'aliyun' else v['snapshots']).values()))


def restored():
    """Where each volume that a restore made is, and what is in it."""
    if kind == 'aliyun':
        made = [(f['targets'][0]['domain'].split(':')[0], c.read(i)) for i, f in c.fs.items() if f is not v]
    else:
        made = [(o['nas']['path'], c.read(o, 'a')) for o in c.volumes.values() if o is not v]
    for where, text in sorted(made):
        print(where, text)


with open(at + '/url.new', 'w') as f:
    f.write(server.url if server else 'none')
os.rename(at + '/url.new', at + '/url')
line = 'pass'
while line:
    with open(at + '/do') as f:
        line = f.read().strip()
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        try:
            with c.lock:
                exec(line or 'print(*c.wrong)', globals())
        except Exception as e:
            print('Wrong: %s: %r' % (line, e))
    with open(at + '/said', 'w') as f:
        f.write(said.getvalue())
