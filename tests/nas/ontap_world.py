"""ontap_world.py -- what the tests of driver ontap share: an ONTAP with volumes, the tool that calls the driver, and how tests are run.
SPDX-License-Identifier: Apache-2.0

A test is a function that takes a World. After it nothing may have been asked wrongly, and the password may not stand in what a tool said."""
import os, re, tempfile
import world
from ontap import Ontap, Wrong
from ontap_tls import Server, certificates
from world import *

PASSWORD = 'pa$$ "word\\:1'
UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'


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


class Tool(world.Tool):
    def __init__(self, w, **config):
        dir = tempfile.mkdtemp(dir=work)
        self.password_file = dir + '/password'
        with open(self.password_file, 'w') as f:
            f.write(PASSWORD + '\n')
        base = {'ontapUrl': w.server.url, 'ontapSvm': 'svm1', 'ontapUsername': 'backup', 'ontapPasswordFile': self.password_file, 'ontapCaFile': work + '/ca.pem'}
        self.start(dir, {**base, **config})

    def ask(self, do, volume=None, **more):
        self.send(apiVersion='v1', kind='Pod', metadata={'name': 'x', 'namespace': 'y'}, do=do, volume=volume or {}, **more)
        return self.outcome()

    def snapshot(self, v=None, name=NAME, wait=True, **more):
        r = self.ask('snapshot', v or trident(), name=name, wait=wait, **more)
        assert r['status'] == OK, r
        return r['out']['id']

    def secrets(self):
        return [PASSWORD]


def trident(name='trident_pvc_1', **more):
    return {'kind': 'csi.trident.netapp.io', 'name': name, 'pv': 'pvc-1', 'fs_id': 'backend', **more}


def nfs(path='/exports/sub', server='10.0.0.5', **more):
    return {'kind': 'nfs', 'server': server, 'path': path, 'pv': 'pv-1', **more}


def names(v):
    return sorted(s['name'] for s in v['snapshots'].values())


def main():
    if not certificates(work):
        print('skipped: there is no openssl')
        return 77
    return world.main(World)
