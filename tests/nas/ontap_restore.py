"""ontap_restore.py TOOL [TEST...] -- plugins/nas, driver ontap, against the emulator of ONTAP: FlexClones, splits, .snapshot.
SPDX-License-Identifier: Apache-2.0"""
from ontap_world import *


# ---- restoring
@test
def restored_as_a_flexclone(w):
    t = w.tool()
    id = t.snapshot(nfs())
    w.o.write(w.e, 'sub/b', 'second')
    w.o.offline_for = 7
    r = t.ask('restore', nfs(local='/mnt/x', options='vers=3'), id=id, name='velero-r:1')
    same((r['message'], r['out']), ('', {'volume': nfs('/velero_r_1/sub', options='vers=3')}))
    v = w.o.named('velero_r_1')
    same((v['nas'], v['clone']['parent_volume']['name'], v['clone']['parent_snapshot']['name'], v['state']),
         ({'path': '/velero_r_1', 'export_policy': {'name': 'k8s'}}, 'exports', NAME, 'online'))
    same(w.o.read(v, 'sub/b'), 'first')
    n = len(w.asked('POST', 'volumes\\?'))
    same(t.ask('restore', nfs(), id=id, name='velero-r:1')['out']['volume']['path'], '/velero_r_1/sub')  # again: the same
    same(len(w.asked('POST', 'volumes\\?')), n)
    other = t.ask('restore', nfs(), id=t.snapshot(nfs(), name='velero-other'), name='velero-r:1')
    same(outcome(other), (EXISTS, 'ONTAP has a volume velero_r_1 in SVM svm1 that is no clone of snapshot velero-other'))


@test
def restore_whose_answer_is_lost(w):
    t = w.tool(ontapExportPolicy='default')
    id = t.snapshot()
    for what in ('lost', 'after', 'drop', 'busy'):
        w.o.fault('POST', 'volumes\\?', what)
        r = t.ask('restore', trident(), id=id, name='velero-' + what)
        same(r['out'], {'volume': {'kind': 'nfs', 'server': '10.0.0.5', 'path': '/velero_' + what, 'pv': 'pvc-1'}})
        same(w.o.named('velero_' + what)['nas']['export_policy'], {'name': 'default'})
    same(len([v for v in w.o.volumes.values() if v['clone']['is_flexclone']]), 4)


@test
def restore_for_trident(w):
    t = w.tool(ontapTridentAs='trident')
    r = t.ask('restore', trident(), id=t.snapshot(), name='velero-r')
    same(r['out'], {'volume': trident('velero_r')})
    same(r['log'], 'WARN volume velero_r has to be imported: tridentctl import volume BACKEND velero_r -f PVC\n')


@test
def a_volume_of_that_name_that_comes_between(w):
    t = w.tool()
    id = t.snapshot()
    w.o.fault('GET', 'name=velero_r', (200, {'records': [], 'num_records': 0}))  # not there yet when it is looked for
    w.o.volume('svm1', 'velero_r', '/elsewhere')
    r = t.ask('restore', trident(), id=id, name='velero-r')
    same(outcome(r), (EXISTS, 'ONTAP has a volume velero_r in SVM svm1 that is no clone of snapshot ' + NAME))
    del w.o.volumes[w.o.named('velero_r')['uuid']]
    w.o.fault('POST', 'volumes\\?', Wrong(400, 13107405, 'A create of this volume is in progress.'))
    same(t.ask('restore', trident(), id=id, name='velero-r')['status'], OK)


@test
def one_that_was_made_and_not_mounted(w):
    t = w.tool()
    id = t.snapshot()
    same(t.ask('restore', trident(), id=id, name='velero-r')['status'], OK)
    v = w.o.named('velero_r')
    v['nas'] = {'export_policy': {'name': 'default'}}
    same(t.ask('restore', trident(), id=id, name='velero-r')['out']['volume']['path'], '/velero_r')
    same(v['nas'], {'path': '/velero_r', 'export_policy': {'name': 'k8s'}})


@test
def split_when_wanted(w):
    t = w.tool(ontapSplit=True)
    id = t.snapshot()
    same(t.ask('restore', trident(), id=id, name='velero-r')['status'], OK)
    v = w.o.named('velero_r')
    same((v['comment'], v['clone']['split_initiated']), ('pintle: clone of %s/%s' % (w.v['uuid'], NAME), True))
    same(t.ask('restore', trident(), id=id, name='velero-r')['status'], OK)  # while it is being split
    w.o.passed += 60
    same(t.ask('restore', trident(), id=id, name='velero-r')['status'], OK)  # known by what it says
    same(v['clone'], {'is_flexclone': False})
    same(t.ask('remove', trident(), id=id)['status'], OK)
    w.o.fault('PATCH', '', Wrong(400, 917536, 'no'))
    r = t.ask('restore', trident(), id=t.snapshot(), name='velero-s')
    same((r['status'], r['log']), (OK, 'WARN volume velero_s is not split from snapshot %s, which cannot be deleted as long\n' % NAME))


@test
def restore_of_what_is_gone(w):
    t = w.tool()
    id = t.snapshot()
    same(t.ask('remove', trident(), id=id)['status'], OK)
    same(outcome(t.ask('restore', trident(), id=id, name='velero-r')), (NOT_FOUND, 'volume trident_pvc_1 has no snapshot ' + NAME))
    w.o.volumes.pop(w.v['uuid'])
    same(t.ask('restore', trident(), id=id, name='velero-r')['status'], NOT_FOUND)
    same(w.asked('POST', 'volumes\\?'), [])


@test
def a_policy_that_is_not_there(w):
    t = w.tool(ontapExportPolicy='nope')
    r = t.ask('restore', trident(), id=t.snapshot(), name='velero-r')
    same((r['status'], r['code']), (FAILED, '1703954'))
    w.o.wrong.clear()


# ---- reading
@test
def where_a_snapshot_can_be_read(w):
    t = w.tool()
    id = t.snapshot(nfs())
    v = nfs('/exports', subpath='sub', options='vers=3', local='/mnt/x')
    r = t.ask('readable', v, id=id)
    same(r['out'], {'volume': {**v, 'path': '/exports/.snapshot/' + NAME, 'local': '/mnt/x/.snapshot/' + NAME}})
    same(w.o.read(w.e, '.snapshot/%s/sub/b' % NAME), 'first')
    r = t.ask('readable', trident(), id=t.snapshot())
    same(r['out'], {'volume': {'kind': 'nfs', 'server': '10.0.0.5', 'path': '/trident_pvc_1/.snapshot/' + NAME, 'pv': 'pvc-1'}})
    same(t.ask('readable', nfs(), id='%s/velero-nope' % w.e['uuid'])['status'], NOT_FOUND)


sys.exit(main())
