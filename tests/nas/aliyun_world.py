"""aliyun_world.py -- what the tests of driver aliyun share: a NAS with file systems, the tool that calls the driver, and how tests are run.
SPDX-License-Identifier: Apache-2.0

A test is a function that takes a World. After it nothing may have been asked wrongly, and no secret may stand in what a tool said."""
import tempfile
import world
from aliyun import Aliyun, Server, Wrong
from world import *

REGION = 'cn-hangzhou'


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


class Tool(world.Tool):
    def __init__(self, w, env, keys, config):
        dir = tempfile.mkdtemp(dir=work)
        self.w, self.file = w, dir + '/keys'
        base = {'aliyunEndpoint': w.server.url, 'aliyunStsEndpoint': w.server.url, 'aliyunMetadataEndpoint': w.server.url, 'aliyunTimeout': 300 * SECOND}
        if keys is not None:
            with open(self.file, 'w') as f:
                f.write(keys)
            base['credentialsFile'] = self.file
        self.start(dir, {**base, **config}, env, ['ALIBABA_CLOUD'])

    def ask(self, do, volume=None, **more):
        self.send(do=do, volume=volume or self.w.volume(), **more)
        return self.outcome()

    def snapshot(self, name=NAME, wait=True, volume=None, **more):
        r = self.ask('snapshot', volume, name=name, wait=wait, **more)
        same(outcome(r), (OK, ''))
        return r['out']['id']

    def secrets(self):
        return [s for s, _ in self.w.a.keys.values()] + [t[0] for _, t in self.w.a.keys.values() if t]


def main():
    return world.main(World)
