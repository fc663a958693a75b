"""sdk.py EMULATOR WORK -- NetApp's library makes, reads, clones and removes on the emulator of tests/nas.  SPDX-License-Identifier: Apache-2.0"""
import os, sys
sys.path.insert(0, sys.argv[1])
from ontap import Ontap
from ontap_tls import Server, certificates

work = sys.argv[2]
assert certificates(work)
os.environ.update(REQUESTS_CA_BUNDLE=work + '/ca.pem', NO_PROXY='127.0.0.1', no_proxy='127.0.0.1')
from netapp_ontap import HostConnection, NetAppRestError
from netapp_ontap.resources import IpInterface, Snapshot, Volume


def same(a, b):
    assert a == b, '%r is not %r' % (a, b)


def refused(code, f):
    try:
        f()
    except NetAppRestError as e:
        text = str(e) + (e.http_err_response.http_response.text if e.http_err_response else '')
        assert code in text, text
    else:
        raise AssertionError('not refused: ' + code)


o = Ontap(work + '/volumes', user='backup', password='x', took=0.3, page=1)  # each list has pages
o.svm('svm1', ['10.0.0.5', '10.0.0.6'])
v = o.volume('svm1', 'v1', '/v1')
o.volume('svm1', 'v2', '/v2')
o.write(v, 'a', 'first')
server = Server(o, work)
for how in ({'username': 'backup', 'password': 'x'}, {'cert': work + '/client.pem', 'key': work + '/client.key'}):
    with HostConnection('127.0.0.1', port=server.port, verify=work + '/ca.pem', poll_interval=1, **how):
        name = 'velero-' + next(iter(how))
        same(sorted(x.name for x in Volume.get_collection(fields='name,nas.path')), ['v1', 'v2'])
        same(len(list(IpInterface.get_collection(services='data_nfs', fields='ip.address'))), 2)
        Snapshot(v['uuid'], name=name, comment='c').post(poll=True)
        snapshot = Snapshot.find(v['uuid'], name=name)
        same(o.read(v, '.snapshot/%s/a' % name), 'first')
        refused('1638409', lambda: Snapshot(v['uuid'], name=name).post(poll=True))
        clone = {'name': name.replace('-', '_'), 'svm': {'name': 'svm1'}, 'nas': {'path': '/' + name},
                 'clone': {'is_flexclone': True, 'parent_volume': {'name': 'v1'}, 'parent_snapshot': {'name': name}}}
        Volume.from_dict(clone).post(poll=True)
        refused('917526', lambda: Volume.from_dict(clone).post(poll=True))
        made = Volume.find(name=clone['name'])
        made.get(fields='clone')
        same((made.clone.parent_snapshot.name, o.read(o.named(clone['name']), 'a')), (name, 'first'))
        refused('is locked, or is in use', lambda: snapshot.delete(poll=True))
        made.delete(poll=True)
        snapshot.delete(poll=True)
        same(list(Snapshot.get_collection(v['uuid'])), [])
with HostConnection('127.0.0.1', port=server.port, verify=work + '/ca.pem', username='backup', password='wrong'):
    refused('6691623', lambda: list(Volume.get_collection()))
same([w[2].get('code') for w in o.wrong], ['1638409', '1638409'])
server.close()
