"""aliyun_driver.py TOOL [TEST...] -- driver aliyun against the emulator: snapshots, restores, lost answers, throttling.  SPDX-License-Identifier: Apache-2.0"""
from aliyun_world import *


# ---- which volumes
@test
def volumes_that_it_takes(w):
    t = w.tool(aliyunRegion='cn-beijing')
    for v, mine in (({'kind': 'nasplugin.csi.alibabacloud.com', 'fs_id': 'extreme-1'}, True), ({'kind': 'nfs', 'server': '10.0.0.5'}, False),
                    ({'kind': 'nfs', 'server': 'a.nas.aliyuncs.com.example.com'}, False), ({'kind': 'efs.csi.aws.com', 'server': 'x.nas.aliyuncs.com'}, False)):
        same((t.ask('takes', v)['out']['mine'], v), (mine, v))
    same(w.a.seen, [])


@test
def a_plain_server_tells_its_file_system(w):
    t = w.tool(aliyunRegion='cn-beijing')
    for server, id, type, region in (('31a8e4-xy1.cn-shanghai.nas.aliyuncs.com', '31a8e4', 'standard', 'cn-shanghai'), (w.domain, 'extreme-0015', 'extreme', 'cn-hangzhou'),
                                     ('extreme-0015-x1.dualstack.cn-hangzhou.extreme.nas.aliyuncs.com', 'extreme-0015', 'extreme', 'cn-hangzhou')):
        r = t.ask('takes', {'kind': 'nfs', 'server': server, 'path': '/share'})
        same(r['out'].get('mine'), True)
    id = t.snapshot(volume=w.volume())
    same([s['fs'] for s in w.a.snapshots.values()], ['extreme-0015'])
    assert id in w.a.snapshots


@test
def type_of_a_volume(w):
    t = w.tool()
    same(t.ask('info')['out']['type'], 'extreme/advance')
    r = t.ask('info', w.volume(fs_id='extreme-none'))
    same((r['status'], r['code']), (NOT_FOUND, 'InvalidFileSystem.NotFound'))
    r = t.ask('info', w.volume(fs_id=''))
    same(outcome(r), (INVALID, 'the file system of PersistentVolume nas-1 is not known'))


# ---- snapshots
@test
def made_waited_for_and_described(w):
    t = w.tool()
    id = t.snapshot(tags={'velero.io/backup': 'b1'})
    s = w.a.snapshots[id]
    same((s['status'], s['name'], s['description'], s['days']), ('accomplished', NAME, 'Velero pv=nas-1 velero.io/backup=b1', -1))
    same(t.snapshot(), id)  # again is the same
    same(len(w.asked('CreateSnapshot')), 1)


@test
def not_waited_for(w):
    w.a.took = 100
    t = w.tool(aliyunRetentionDays=30)
    id = t.snapshot(wait=False)
    same(w.a.snapshots[id]['days'], 30)
    r = t.ask('progress', id=id)
    same((r['status'], r['out']), (OK, {'completed': 0, 'error': '', 'description': 'progressing'}))
    w.a.passed += 100
    same(t.ask('progress', id=id)['out'], {'completed': 1, 'error': '', 'description': 'accomplished'})
    same(t.ask('progress', id='s-extreme-none')['status'], NOT_FOUND)
    same(t.ask('progress', id='s-extreme-none,' + id)['status'], NOT_FOUND)


@test
def types_without_snapshots(w):
    w.a.file_system('31a8e4', 'standard', 'Performance')
    w.a.file_system('extreme-01', storage='standard')
    w.a.file_system('extreme-02', status='Stopped')
    t = w.tool()
    for id, type in (('31a8e4', 'standard/Performance'), ('extreme-01', 'extreme/standard')):
        r = t.ask('snapshot', w.volume(fs_id=id), name=NAME, wait=True)
        same(outcome(r), (UNSUPPORTED, 'file system %s is of type %s: Alibaba Cloud NAS has snapshots of extreme/advance only' % (id, type)))
        same(r['hint'], 'use driver fingerprint for it')
    same(outcome(t.ask('snapshot', w.volume(fs_id='extreme-02'), name=NAME, wait=True)), (CONFLICT, 'file system extreme-02 is Stopped, not Running'))
    same(w.asked('CreateSnapshot'), [])


@test
def answers_that_are_lost_make_no_second_one(w):
    for n, what in enumerate(('lost', 'Throttling.User', 'ServiceUnavailable', 'ServiceTimeout', 'InternalError')):
        t, name = w.tool(), 'velero-%d' % n
        w.a.fault('CreateSnapshot', what, after=True)
        id = t.snapshot(name=name)
        same([s['id'] for s in w.a.snapshot_of(name)], [id])
        name += '-before'
        w.a.fault('CreateSnapshot', what, times=2)
        id = t.snapshot(name=name)
        same([s['id'] for s in w.a.snapshot_of(name)], [id])


@test
def throttling_that_does_not_end(w):
    t = w.tool()
    w.a.fault('DescribeFileSystems', 'Throttling.User', times=99)
    r = t.ask('snapshot', name=NAME, wait=True)
    same((r['status'], r['code'], r['took']), (TRANSIENT, 'Throttling.User', (1 + 2 + 4 + 8 + 16) * SECOND))
    same(len(w.asked('DescribeFileSystems')), 6)


@test
def one_at_a_time(w):
    t = w.tool()
    w.a.took = 20
    first = t.snapshot('velero-1', wait=False)
    second = t.snapshot('velero-2')
    same([w.a.snapshots[i]['status'] for i in (first, second)], ['accomplished'] * 2)
    w.a.snapshots[first].update(status='progressing', at=w.a.passed, took=10**6)
    r = t.ask('snapshot', name='velero-3', wait=True)
    same(outcome(r), (TIMED_OUT, 'waiting for another snapshot of the file system: not done after 300 s'))
    same(w.a.snapshot_of('velero-3'), [])


@test
def another_begins_between_looking_and_making(w):
    t = w.tool()
    real = w.a.CreateSnapshot

    def meanwhile(p):
        w.a.CreateSnapshot = real
        real({'FileSystemId': 'extreme-0015', 'SnapshotName': 'nightly'})
        return real(p)
    w.a.CreateSnapshot = meanwhile
    id = t.snapshot()
    same((w.a.snapshots[id]['name'], len(w.a.snapshots)), (NAME, 2))


@test
def quota(w):
    t = w.tool()
    w.a.took = 0
    for n in range(128):
        w.a.CreateSnapshot({'FileSystemId': 'extreme-0015', 'SnapshotName': 'other-%d' % n})
        w.a.settle()
    r = t.ask('snapshot', name=NAME, wait=True)
    same(outcome(r), (FAILED, 'file system extreme-0015 has 128 snapshots, and may not have more'))
    w.a.snapshots.popitem()
    t.snapshot()
    same(t.snapshot(), w.a.snapshot_of(NAME)[0]['id'])  # on the second page


@test
def one_that_fails(w):
    t = w.tool()
    w.a.fails_next = True
    r = t.ask('snapshot', name=NAME, wait=True)
    same(r['status'], FAILED)
    same(w.a.snapshots, {})
    w.a.fails_next = True
    id = t.snapshot(wait=False)
    w.a.passed += 100
    r = t.ask('progress', id=id)
    same((r['out']['completed'], r['out']['error']), (1, 'Alibaba Cloud says that the snapshot failed'))
    again = t.snapshot()
    assert again != id
    same(list(w.a.snapshots), [again])


@test
def cancelled_while_it_is_made(w):
    w.a.took = 1000
    t = w.tool()
    for n in range(1, 14):
        t.set('cancel_at', n)
        r = t.ask('snapshot', name=NAME, wait=True)
        same((r['status'], n), (CANCELLED, n))
        same((list(w.a.snapshots), n), ([], n))
    t.set('cancel_at', 0)
    t.set('deadline', 60 * SECOND)
    r = t.ask('snapshot', name=NAME, wait=True)
    same(outcome(r), (TIMED_OUT, 'making the snapshot: the deadline has passed'))
    same(w.a.snapshots, {})


@test
def ended_while_it_is_not_known_what_became_of_it(w):
    t = w.tool()
    t.set('deadline', SECOND // 2)
    w.a.fault('CreateSnapshot', 'lost', after=True)
    same(outcome(t.ask('snapshot', name=NAME, wait=False)), (TIMED_OUT, 'making the snapshot: the deadline has passed'))
    same((len(w.asked('DeleteSnapshot')), w.a.snapshots), (1, {}))


# ---- removing
@test
def removed_and_gone_already(w):
    t = w.tool()
    for what in (None, 'lost', 'InternalError'):
        id = t.snapshot()
        if what:
            w.a.fault('DeleteSnapshot', what, after=True)
        same(outcome(t.ask('remove', id=id)), (OK, ''))
        same(w.a.snapshots, {})
        same(outcome(t.ask('remove', id=id)), (OK, ''))
    w.a.took = 1000
    id = t.snapshot(wait=False)
    same(outcome(t.ask('cancel', id=id)), (OK, ''))
    same(w.a.snapshots, {})
    same(t.ask('remove', id='')['status'], INVALID)


@test
def what_is_refused_is_reported(w):
    t = w.tool()
    id = t.snapshot()
    w.a.fault('DeleteSnapshot', Wrong(403, 'Forbidden.RAM', 'User not authorized to operate on the specified resource.', fair=True))
    r = t.ask('remove', id=id)
    same((r['status'], r['code']), (DENIED, 'Forbidden.RAM'))
    assert r['message'].startswith('deleting the snapshot: User not authorized to operate on the specified resource. (HTTP status 403, Forbidden.RAM, request '), r['message']
    w.a.fault('DeleteSnapshot', Wrong(400, 'InvalidSnapshot.Busy', 'It is in use.', fair=True))
    r = t.ask('remove', id=id)
    same(outcome(r), (FAILED, 'snapshot %s could not be deleted, it is accomplished' % id))
    same(list(w.a.snapshots), [id])


# ---- restoring
def restored(w, r):
    same(outcome(r), (OK, ''))
    v = r['out']['volume']
    f = w.a.fs[v['fs_id']]
    same((v['server'], v['path'], v['subpath'], v['kind'], v['fs_type'], v['zone']),
         ('%s-n1.cn-hangzhou.extreme.nas.aliyuncs.com' % f['FileSystemId'], '/share', 'data', 'nasplugin.csi.alibabacloud.com', 'extreme', 'cn-hangzhou-f'))
    same((f['Status'], f['Description'], f['Capacity'], f['StorageType'], f['ChargeType']), ('Running', 'velero-r', 100, 'advance', 'PayAsYouGo'))
    same([(t['VpcId'], t['VswId'], t['AccessGroupName']) for t in f['targets']], [('vpc-1', 'vsw-1', 'nodes')])
    return v['fs_id']


@test
def restored_with_its_content(w):
    t = w.tool()
    id = t.snapshot()
    w.a.write('extreme-0015', 'second')
    fs = restored(w, t.ask('restore', id=id, name='velero-r'))
    same((w.a.read(fs), w.a.read('extreme-0015')), ('first', 'second'))
    same(restored(w, t.ask('restore', id=id, name='velero-r')), fs)  # again is the same
    same((len(w.a.fs), len(w.asked('CreateFileSystem'))), (2, 1))


@test
def restored_although_answers_are_lost(w):
    t = w.tool()
    id = t.snapshot()
    for n, what in enumerate(('lost', 'Throttling.User', 'ServiceUnavailable')):
        for action in ('CreateFileSystem', 'CreateMountTarget'):
            w.a.fault(action, what, after=True)
            w.a.fault(action, what, skip=1)
        restored(w, t.ask('restore', id=id, name='velero-r'))
        same((len(w.a.fs), n), (2, n))
        w.a.fs = {'extreme-0015': w.f}
        w.a.tokens, w.a.faults = {}, []


@test
def network_of_the_configuration(w):
    t = w.tool(aliyunZoneId='cn-hangzhou-g', aliyunVpcId='vpc-2', aliyunVSwitchId='vsw-2', aliyunAccessGroup='others')
    id = t.snapshot()
    v = t.ask('restore', id=id, name='velero-r')['out']['volume']
    f = w.a.fs[v['fs_id']]
    same((v['zone'], [(x['VpcId'], x['VswId'], x['AccessGroupName']) for x in f['targets']]), ('cn-hangzhou-g', [('vpc-2', 'vsw-2', 'others')]))
    w.f['targets'].clear()
    r = w.tool().ask('restore', id=id, name='velero-s')
    same((r['status'], r['hint']), (INVALID, 'set aliyunVpcId and aliyunVSwitchId'))


@test
def a_snapshot_that_is_not_there_or_not_done(w):
    t = w.tool()
    w.a.took = 1000
    id = t.snapshot(wait=False)
    same(outcome(t.ask('restore', id=id, name='velero-r')), (CONFLICT, 'snapshot %s is progressing: only an accomplished one can be restored' % id))
    same(outcome(t.ask('restore', id='s-extreme-0', name='velero-r')), (NOT_FOUND, 'Alibaba Cloud has no snapshot s-extreme-0'))
    same(len(w.a.fs), 1)


@test
def a_mount_target_that_does_not_come(w):
    id = w.tool().snapshot()
    t = w.tool(aliyunTimeout=20 * SECOND)
    w.a.target_for = 10**6
    r = t.ask('restore', id=id, name='velero-r')
    fs = next(i for i in w.a.fs if i != 'extreme-0015')
    same(outcome(r), (TIMED_OUT, 'file system %s, which was made of snapshot %s and stays: waiting for the mount target: not done after 20 s' % (fs, id)))
    w.a.target_for = 6
    same(restored(w, t.ask('restore', id=id, name='velero-r')), fs)


# ---- configuration, memory
@test
def configurations_that_are_refused(w):
    for config, at in (({'aliyunEndpoint': 'nas.cn-hangzhou.aliyuncs.com'}, '/aliyunEndpoint'), ({'aliyunEndpoint': 'https://a/b'}, '/aliyunEndpoint'),
                       ({'aliyunRetentionDays': 0}, '/aliyunRetentionDays'), ({'aliyunTimeout': 0}, '/aliyunTimeout'), ({'aliyunOidcTokenFile': '/t'}, '/aliyunOidcTokenFile')):
        t = w.tool(**config)
        same((t.made['status'], t.made['at']), (INVALID, at))


@test
def regions_that_are_none(w):
    t = w.tool(aliyunEndpoint=None)
    for region, message in (('', "the volume's region is not known"), ('x.example.com/', '"x.example.com/" is no region')):
        same(outcome(t.ask('info', w.volume(region=region))), (INVALID, message))
    same(w.a.seen, [])


@test
def without_memory(w):
    t, all = w.tool(), []
    w.a.took = 0
    for n in range(1, 30):
        t.set('fail_alloc_at', n)
        r = t.ask('snapshot', name='velero-%d' % n, wait=True)
        assert r['status'] in (OK, NOMEM), (n, r)
        all.append(r['status'])
    assert all.count(NOMEM) >= 8 and all[-1] == OK, all
    t.set('fail_alloc_at', 0)
    for n in range(1, 30):
        t.snapshot('velero-%d' % n)
    same(len(w.a.snapshots), 29)  # one each


sys.exit(main())
