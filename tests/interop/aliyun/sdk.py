"""sdk.py EMULATOR WORK -- Alibaba Cloud's library makes, lists, restores and removes on the emulator of tests/nas.  SPDX-License-Identifier: Apache-2.0"""
import os, sys, time
sys.path.insert(0, sys.argv[1])
from aliyun import Aliyun, Server

for k in list(os.environ):
    if k.lower().endswith('_proxy') or k.startswith('ALIBABA_CLOUD'):
        del os.environ[k]
from alibabacloud_nas20170626 import models as m
from alibabacloud_nas20170626.client import Client
from alibabacloud_tea_openapi.models import Config


def same(a, b):
    assert a == b, '%r is not %r' % (a, b)


def refused(code, f):
    try:
        f()
    except Exception as e:
        same(getattr(e, 'code', None), code)
    else:
        raise AssertionError('not refused: ' + code)


def until(f):
    for _ in range(100):
        if f():
            return
        time.sleep(0.1)
    raise AssertionError('it does not come')


a = Aliyun(sys.argv[2] + '/nas', took=1)
a.pending_for, a.domain_for, a.target_for = 0.5, 0.3, 0.6
source = a.file_system('extreme-0015')
a.mount_target(source)
a.file_system('31a8e4', 'standard', 'Performance')
a.write('extreme-0015', 'first')
a.keys['STS.a'] = ('b', ('c/+=', time.time() + 100))
server = Server(a)
client = lambda *who: Client(Config(*who[:2], security_token=who[2] if len(who) > 2 else None, protocol='HTTP', endpoint='127.0.0.1:%d' % server.port))
for who in (('LTAIkey', 's3cret/+"'), ('STS.a', 'b', 'c/+=')):
    c = client(*who)
    name = 'velero-' + who[0].replace('.', '-')
    same(sorted(f.file_system_id for f in c.describe_file_systems(m.DescribeFileSystemsRequest(page_size=100)).body.file_systems.file_system)[:2], ['31a8e4', 'extreme-0015'])
    id = c.create_snapshot(m.CreateSnapshotRequest(file_system_id='extreme-0015', snapshot_name=name, description='a b*~ä', retention_days=-1)).body.snapshot_id
    refused('SnapshotIsCreating', lambda: c.create_snapshot(m.CreateSnapshotRequest(file_system_id='extreme-0015', snapshot_name='other')))
    refused('InvalidFileSystem.NotSupported', lambda: c.create_snapshot(m.CreateSnapshotRequest(file_system_id='31a8e4', snapshot_name='other')))
    refused('MissingFileSystemId', lambda: c.create_snapshot(m.CreateSnapshotRequest(snapshot_name='other')))
    snapshots = lambda **k: c.describe_snapshots(m.DescribeSnapshotsRequest(file_system_type='extreme', **k)).body
    first = snapshots(snapshot_ids=id).snapshots.snapshot[0]
    same((first.snapshot_name, first.status, first.source_file_system_size, first.description, int(first.progress) < 100), (name, 'progressing', 100, 'a b*~ä', True))
    until(lambda: snapshots(snapshot_ids=id).snapshots.snapshot[0].status == 'accomplished')
    a.write('extreme-0015', 'second')
    create = lambda capacity: c.create_file_system(m.CreateFileSystemRequest(
        file_system_type='extreme', storage_type='advance', protocol_type='NFS', charge_type='PayAsYouGo', snapshot_id=id, capacity=capacity, zone_id='cn-hangzhou-f',
        description=name, client_token=name)).body.file_system_id
    fs = create(100)
    same((create(100), a.read(fs)), (fs, 'first'))
    refused('IdempotentParameterMismatch', lambda: create(200))
    look = lambda: c.describe_file_systems(m.DescribeFileSystemsRequest(file_system_id=fs)).body.file_systems.file_system[0]
    until(lambda: look().status == 'Running')
    c.create_mount_target(m.CreateMountTargetRequest(file_system_id=fs, network_type='Vpc', vpc_id='vpc-1', v_switch_id='vsw-1', access_group_name='nodes'))
    same(look().mount_targets.mount_target[0].mount_target_domain, '')
    until(lambda: look().mount_targets.mount_target[0].status == 'Active')
    target = c.describe_mount_targets(m.DescribeMountTargetsRequest(file_system_id=fs)).body.mount_targets.mount_target[0]
    same(target.mount_target_domain, fs + '-n1.cn-hangzhou.extreme.nas.aliyuncs.com:/share')
    c.delete_snapshot(m.DeleteSnapshotRequest(snapshot_id=id))
    refused('InvalidSnapshot.NotFound', lambda: c.delete_snapshot(m.DeleteSnapshotRequest(snapshot_id=id)))
    same(snapshots().total_count, 0)
    a.write('extreme-0015', 'first')
refused('SignatureDoesNotMatch', lambda: client('LTAIkey', 'wrong').describe_file_systems(m.DescribeFileSystemsRequest()))
refused('InvalidAccessKeyId.NotFound', lambda: client('nobody', 'wrong').describe_file_systems(m.DescribeFileSystemsRequest()))
refused('InvalidSecurityToken.Malformed', lambda: client('STS.a', 'b', 'other').describe_file_systems(m.DescribeFileSystemsRequest()))

# What no library sends: the same request twice, one of yesterday, one with a changed parameter.
import hashlib, hmac, http.client, urllib.parse


def raw(date, nonce, query, sent=None):
    empty = hashlib.sha256(b'').hexdigest()
    h = {'host': '127.0.0.1:%d' % server.port, 'x-acs-action': 'DescribeFileSystems', 'x-acs-content-sha256': empty, 'x-acs-date': time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(date)),
         'x-acs-signature-nonce': nonce, 'x-acs-version': '2017-06-26'}
    canonical = 'POST\n/\n%s\n%s\n%s\n%s' % (query, ''.join('%s:%s\n' % kv for kv in h.items()), ';'.join(h), empty)
    s = hmac.new(b's3cret/+"', ('ACS3-HMAC-SHA256\n' + hashlib.sha256(canonical.encode()).hexdigest()).encode(), 'sha256').hexdigest()
    h['Authorization'] = 'ACS3-HMAC-SHA256 Credential=LTAIkey,SignedHeaders=%s,Signature=%s' % (';'.join(list(h)), s)
    connection = http.client.HTTPConnection('127.0.0.1', server.port)
    connection.request('POST', '/?' + (sent or query), headers=h)
    answer = connection.getresponse()
    import json
    return answer.status, json.loads(answer.read()).get('Code')


same(raw(time.time(), 'n' * 32, 'PageSize=10'), (200, None))
same(raw(time.time(), 'n' * 32, 'PageSize=10'), (400, 'SignatureNonceUsed'))
same(raw(time.time() - 1000, 'm' * 32, 'PageSize=10'), (400, 'InvalidTimeStamp.Expired'))
same(raw(time.time(), 'o' * 32, 'PageSize=10', 'PageSize=11'), (400, 'SignatureDoesNotMatch'))
same(raw(time.time(), 'p' * 32, 'PageSize=ten'), (400, 'InvalidParameter.PageSize'))
same(raw(time.time(), 'q' * 32, 'Other=1'), (400, 'InvalidParameter.Other'))
server.close()
