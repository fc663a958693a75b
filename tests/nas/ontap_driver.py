"""ontap_driver.py TOOL [TEST...] -- plugins/nas, driver ontap, against the emulator of ONTAP: who, which volumes, snapshots.
SPDX-License-Identifier: Apache-2.0"""
import re
import uuid
from ontap_world import *


# ---- configuration
@test
def keys_are_checked(w):
    for at, config, message in (
            ('/driver', {'ontapUrl': None}, 'driver ontap needs ontapUrl'),
            ('/ontapUrl', {'ontapUrl': 'https://host/api'}, 'ontapUrl is not of the form https://host:port'),
            ('/ontapUrl', {'ontapUrl': 'https://user@host'}, 'ontapUrl is not of the form https://host:port'),
            ('/ontapUsername', {'ontapPasswordFile': None}, 'ontapUsername and ontapPasswordFile belong together'),
            ('/ontapClientKeyFile', {'ontapClientKeyFile': 'x'}, 'ontapClientCertificateFile and ontapClientKeyFile belong together'),
            ('/ontapUsername', {'ontapClientKeyFile': 'x', 'ontapClientCertificateFile': 'x'}, 'either a user or a client certificate, not both'),
            ('/driver', {'ontapUsername': None, 'ontapPasswordFile': None},
             'driver ontap needs ontapUsername and ontapPasswordFile, a credentials file, or a client certificate'),
            ('/ontapTimeout', {'ontapTimeout': 0}, 'ontapTimeout is not above zero')):
        t = w.tool(**config)
        same((t.made['status'], t.made['at'], t.made['message']), (INVALID, at, message))
    same(w.o.seen, [])  # no network


# ---- who we are
@test
def basic_client_certificate_and_credentials_file(w):
    anew = {'ontapUsername': None, 'ontapPasswordFile': None}
    same(w.tool().ask('info', trident())['out'], {'type': 'flexvol/aggr1'})
    t = w.tool(**anew, ontapClientCertificateFile=work + '/client.pem', ontapClientKeyFile=work + '/client.key')
    same(t.ask('info', trident())['out'], {'type': 'flexvol/aggr1'})
    with open(work + '/credentials', 'w') as f:
        f.write('# for Velero\nONTAP_USERNAME=backup\r\nexport ONTAP_PASSWORD=\'%s\'\n' % PASSWORD)
    same(w.tool(**anew, credentialsFile=work + '/credentials').ask('info', trident())['out'], {'type': 'flexvol/aggr1'})
    with open(work + '/half', 'w') as f:
        f.write('ONTAP_USERNAME=backup\n')
    r = w.tool(**anew, credentialsFile=work + '/half').ask('info', trident())
    same((r['status'], r['hint']), (DENIED, 'its lines are ONTAP_USERNAME=... and ONTAP_PASSWORD=...'))


@test
def a_changed_password_counts_at_once(w):
    t = w.tool()
    w.o.password = 'other'
    r = t.ask('info', trident())
    same((r['status'], r['code']), (DENIED, '6691623'))
    same(r['message'], 'looking for the volume: HTTP status 401: User is not authorized., code 6691623')
    with open(t.password_file, 'w') as f:
        f.write('other')
    same(t.ask('info', trident())['status'], OK)


@test
def certificates_are_checked_both_ways(w):
    anew = {'ontapUsername': None, 'ontapPasswordFile': None}
    before = len(w.o.seen)
    r = w.tool(ontapCaFile=work + '/other.pem').ask('info', trident())
    same(r['status'], TRANSIENT)
    r = w.tool(ontapUrl=w.server.url.replace('127.0.0.1', 'localhost')).ask('info', trident())  # not in the certificate
    same(r['status'], TRANSIENT)
    same(len(w.o.seen), before)
    same(w.tool(ontapCaFile=None, ontapInsecureSkipTLSVerify=True).ask('info', trident())['status'], OK)
    t = w.tool(**anew, ontapClientCertificateFile=work + '/stranger.pem', ontapClientKeyFile=work + '/stranger.key')
    same(t.ask('info', trident())['status'], TRANSIENT)
    t = w.tool(**anew, ontapClientCertificateFile=work + '/nobody.pem', ontapClientKeyFile=work + '/nobody.key')
    same(t.ask('info', trident())['status'], DENIED)


@test
def a_role_that_may_not(w):
    t = w.tool()
    w.o.denied = 'POST'
    r = t.ask('snapshot', trident(), name=NAME, wait=True)
    same((r['status'], r['code'], r['message']), (DENIED, '6', 'making the snapshot: HTTP status 403: not authorized for that command, code 6'))
    assert 'role' in r['hint']
    same(len(w.asked('POST')), 1)


# ---- which volumes
@test
def takes_only_its_own(w):
    t = w.tool()
    for v, mine in ((trident(), True), (trident(''), False), (nfs(), True), (nfs(server='FD00:0::5'), True), (nfs(server='10.0.0.6'), False), (nfs(server=''), False),
                    ({'kind': 'nfs.csi.k8s.io', 'server': '10.0.0.5', 'path': '/exports', 'subpath': 'x'}, True), ({'kind': 'efs.csi.aws.com', 'server': '10.0.0.5'}, False)):
        r = t.ask('takes', v)
        same((r['status'], r['out']['mine'], v), (OK, mine, v))
    same(len(w.o.seen), 1)  # asked once
    t = w.tool(ontapServers='nas.example.com, 10.9.9.9')
    for server, mine in (('nas.example.com', True), ('10.9.9.9', True), ('10.0.0.5', False), ('nas', False)):
        same((t.ask('takes', nfs(server=server))['out']['mine'], server), (mine, server))
    same(len(w.o.seen), 1)  # no network


@test
def found_by_name_and_by_junction(w):
    w.o.volume('svm1', 'deep', '/exports/sub/deep', style='flexgroup')
    w.o.volume('svm1', 'exports2', '/exports2')
    t = w.tool()
    ids = lambda v: t.snapshot(v).split('/')[0]
    same(ids(trident()), w.v['uuid'])
    for path, name in (('/exports', 'exports'), ('/exports/', 'exports'), ('/exports/sub', 'exports'), ('/exports/subx/deep', 'exports'), ('/exports/sub/deep/er', 'deep'),
                       ('/exports2', 'exports2'), ('/other/x', 'svm1_root'), ('/', 'svm1_root')):
        same((path, ids(nfs(path))), (path, w.o.named(name)['uuid']))
    same(t.ask('info', nfs('/exports/sub/deep'))['out'], {'type': 'flexgroup/aggr1'})
    same(outcome(t.ask('info', trident('nope'))), (NOT_FOUND, 'ONTAP has no volume named nope in SVM svm1'))
    same(t.ask('info', trident('trident_*'))['status'], UNSUPPORTED)
    same(t.ask('info', nfs('/a|/exports'))['status'], UNSUPPORTED)


@test
def of_several_svms(w):
    w.o.volume('svm2', 'trident_pvc_1', '/trident_pvc_1')
    same(outcome(w.tool(ontapSvm=None).ask('info', trident())), (CONFLICT, 'ONTAP has a volume for trident_pvc_1 in more than one SVM'))
    same(w.tool(ontapSvm='svm2').ask('info', trident())['status'], OK)


@test
def lists_have_pages(w):
    w.o.page = 1
    for i in range(12):
        w.o.volume('svm1', 'v%d' % i, '/exports/v%d' % i)
        w.o.interfaces.append({**w.o.interfaces[0], 'uuid': str(uuid.uuid4()), 'ip': {'address': '10.1.0.%d' % i}})
    t = w.tool()
    same(t.snapshot(nfs('/exports/v7/x')).split('/')[0], w.o.named('v7')['uuid'])
    assert len(w.asked('GET', 'start.uuid')) >= 2
    for i in range(12):
        same(t.ask('takes', nfs(server='10.1.0.%d' % i))['out']['mine'], True)


@test
def what_is_no_ontap(w):
    t = w.tool()
    for status, body in ((200, b'<html>'), (404, b'not found'), (404, {}), (200, b'')):
        w.o.fault('GET', '/snapshots', (status, body))
        r = t.ask('remove', trident(), id='%s/%s' % (w.v['uuid'], NAME))
        if body == b'':
            same(r['status'], OK)  # an empty list
        else:
            same(outcome(r), (FAILED, "looking for the snapshot: HTTP status %d with no answer of ONTAP's" % status))
    w.o.fault('GET', '/snapshots', (200, {'records': [], '_links': {'next': {'href': 'https://elsewhere/api'}}}))
    same(outcome(t.ask('remove', trident(), id='%s/%s' % (w.v['uuid'], NAME))), (FAILED, 'looking for the snapshot: ONTAP names a page elsewhere'))


# ---- snapshots
@test
def snapshot_waits_and_is_found_again(w):
    t = w.tool(ontapSnapmirrorLabel='daily')
    w.o.took = 20
    tags = {'velero.io/backup': 'b"1\u00e9', 'velero.io/pv': 'pvc-1'}
    id = t.snapshot(tags=tags)
    same(id, '%s/%s' % (w.v['uuid'], NAME))
    s = list(w.v['snapshots'].values())
    same([(x['name'], x['comment'], x['snapmirror_label']) for x in s], [(NAME, 'velero.io/backup=b"1\u00e9 velero.io/pv=pvc-1', 'daily')])
    assert len(w.asked('GET', '/cluster/jobs/')) >= 10
    same(t.ask('progress', trident(), id=id)['out'], {'completed': 1, 'error': '', 'description': ''})
    w.o.write(w.v, 'a', 'second')
    same(t.snapshot(), id)
    same(len(w.asked('POST')), 1)
    same(w.o.read(w.v, '.snapshot/%s/a' % NAME), 'first')


@test
def long_tags_are_cut(w):
    w.tool().snapshot(tags={'velero.io/backup': 'b', 'a': 'x' * 300, 'c': 'd'})
    same([s.get('comment') for s in w.v['snapshots'].values()], ['velero.io/backup=b'])


@test
def snapshot_without_waiting(w):
    w.o.took = 4
    t = w.tool()
    id = t.snapshot(wait=False)
    assert re.fullmatch('%s/%s/%s' % (w.v['uuid'], NAME, UUID), id), id
    states = []
    for _ in range(5):
        r = t.ask('progress', trident(), id=id)
        states.append((r['out']['completed'], r['out']['description']))
    same(states, [(0, 'queued'), (0, 'queued'), (0, 'running'), (1, 'success'), (1, 'success')])
    w.o.passed += 400  # the job is forgotten
    same(t.ask('progress', trident(), id=id)['out']['completed'], 1)
    same(t.ask('remove', trident(), id=id)['status'], OK)
    same(outcome(t.ask('progress', trident(), id=id)), (NOT_FOUND, 'ONTAP has no snapshot ' + NAME))
    same(names(w.v), [])


@test
def a_job_that_is_forgotten(w):
    t = w.tool()
    w.o.took = 10
    w.o.fault('GET', '/cluster/jobs/', 'expire', skip=2)
    same(t.snapshot(), '%s/%s' % (w.v['uuid'], NAME))
    same((len(w.asked('POST')), len(w.asked('GET', '/cluster/jobs/'))), (1, 3))
    w.o.fault('GET', '/cluster/jobs/', 'forget')  # and nothing came of it: it is asked for again
    same(t.snapshot(nfs()), '%s/%s' % (w.e['uuid'], NAME))
    same(len(w.asked('POST')), 3)


@test
def a_snapshot_whose_answer_is_lost(w):
    for what in ('lost', 'after'):
        t = w.tool()
        w.o.fault('POST', 'snapshots', what)
        same(t.snapshot(name=NAME + what), '%s/%s' % (w.v['uuid'], NAME + what))
    same(names(w.v), [NAME + 'after', NAME + 'lost'])


@test
def a_snapshot_that_is_not_heard(w):
    t = w.tool()
    w.o.fault('POST', 'snapshots', 'drop', times=2)
    w.o.fault('POST', 'snapshots', 'busy', times=2, skip=0)
    t.snapshot()
    same(names(w.v), [NAME])
    w.o.fault('POST', 'snapshots', 'drop', times=99)
    r = t.ask('snapshot', nfs(), name=NAME, wait=True)
    same((r['status'], r['took'] > 2 * SECOND), (TRANSIENT, True))
    same(names(w.e), [])


@test
def reading_is_repeated(w):
    t = w.tool()
    w.o.fault('GET', '', 'busy', times=3)
    r = t.ask('info', trident())
    same((r['status'], r['took'] >= 3 * SECOND), (OK, True))
    w.o.fault('GET', '', 'drop', times=3)
    same(t.ask('info', trident())['status'], OK)
    w.o.fault('GET', '', 'busy', times=99)
    r = t.ask('info', trident())
    same(outcome(r), (TRANSIENT, 'looking for the volume: HTTP status 503: The service is temporarily unavailable., code 525027'))


@test
def a_job_that_fails(w):
    t = w.tool()
    job = w.o.job
    def failing(description, effect, took=None):
        def effect():
            raise Wrong(400, 1638460, 'No more snapshots in this volume.')
        return job(description, effect, took)
    w.o.job, w.o.took = failing, 5
    r = t.ask('snapshot', trident(), name=NAME, wait=True)
    same((r['status'], r['code'], r['message']), (FAILED, '1638460', 'making the snapshot: No more snapshots in this volume., code 1638460'))
    same(len(w.asked('POST')), 1)
    id = t.snapshot(wait=False)
    w.o.passed += 6
    same(t.ask('progress', trident(), id=id)['out'], {'completed': 1, 'error': 'No more snapshots in this volume.', 'description': 'failure'})


@test
def a_job_without_end(w):
    w.o.took, w.o.tick = 10**9, 1
    r = w.tool(ontapTimeout=30 * SECOND).ask('snapshot', trident(), name=NAME, wait=True)
    same((r['status'], 30 * SECOND <= r['took'] <= 40 * SECOND), (TIMED_OUT, True))


@test
def cancelled_and_past_the_deadline(w):
    t = w.tool()
    w.o.took = 30
    t.set('deadline', 10 * SECOND)
    r = t.ask('snapshot', trident(), name=NAME, wait=True)
    same(outcome(r), (TIMED_OUT, 'making the snapshot: the deadline has passed'))
    t.set('deadline', 0)
    w.o.passed += 100  # ONTAP has made it meanwhile
    w.o.took = 1
    id = '%s/%s' % (w.v['uuid'], NAME)
    same(t.ask('cancel', trident(), id=id)['status'], OK)
    same(names(w.v), [])
    w.o.took = 10
    id = t.snapshot(wait=False)
    same(t.ask('cancel', trident(), id=id)['status'], OK)  # waits for the job: then there is something to remove
    w.o.passed += 100
    w.o.settle()
    same(names(w.v), [])
    same(t.ask('cancel', trident(), id=id)['status'], OK)


@test
def cancelled_at_every_moment(w):
    """What has been begun is taken back, over a slow line, too, or it is said that it is not."""
    t = w.tool()
    w.o.fault('DELETE', '/snapshots/', 'slow')
    outcomes = set()
    for took in (4, 1000):
        n, r = 30, {'status': CANCELLED}
        while r['status'] != OK and n < 50:
            w.o.seen.clear()
            w.o.took = took
            t.set('cancel_at', n)
            r = t.ask('snapshot', trident(), name=NAME, wait=True)
            w.o.passed += 5000
            w.o.settle()
            left, said = len(names(w.v)), 'could not be taken back: remove it' in r['log']
            if r['status'] == CANCELLED and w.asked('POST', '/snapshots'):
                outcomes.add((took, left, said, bool(w.asked('DELETE'))))
            t.set('cancel_at', 0)
            w.o.took = 1
            same(t.ask('remove', trident(), id='%s/%s' % (w.v['uuid'], NAME))['status'], OK)
            n += 1
    same({o for o in outcomes if o[0] == 4}, {(4, 0, False, True), (4, 1, True, False)})  # the latter: before ONTAP has answered with a job
    same({o for o in outcomes if o[0] == 1000}, {(1000, 1, True, False)})


@test
def volumes_that_cannot_be_snapshotted(w):
    w.o.volume('svm1', 'copy', '/copy', type='dp')
    w.o.volume('svm1', 'off', '/off', state='offline')
    t = w.tool()
    r = t.ask('snapshot', trident('copy'), name=NAME, wait=True)
    same(outcome(r), (UNSUPPORTED, 'volume copy is of type dp: only volumes that can be written are snapshotted'))
    same(outcome(t.ask('snapshot', trident('off'), name=NAME, wait=True)), (CONFLICT, 'volume off is offline'))
    same(w.asked('POST'), [])


@test
def ids_are_checked(w):
    t = w.tool()
    for id in ('', 'x', w.v['uuid'], w.v['uuid'] + '/', w.v['uuid'] + '/a b', w.v['uuid'] + '/a/', w.v['uuid'] + '/a/b', '../' + w.v['uuid'] + '/a', w.v['uuid'] + '/../x/y'):
        same((t.ask('remove', trident(), id=id)['status'], id), (INVALID, id))
    same(w.o.seen, [])


# ---- removing
@test
def removed_and_gone_already(w):
    t = w.tool()
    id = t.snapshot()
    w.o.fault('DELETE', '', 'lost')
    same(t.ask('remove', trident(), id=id)['status'], OK)
    same(names(w.v), [])
    same(t.ask('remove', trident(), id=id)['status'], OK)
    id = t.snapshot(nfs())
    w.o.volumes.pop(w.e['uuid'])
    same(t.ask('remove', nfs(), id=id)['status'], OK)  # the volume is gone, and its snapshots


@test
def one_that_is_in_use_is_reported(w):
    t = w.tool()
    id = t.snapshot()
    same(t.ask('restore', trident(), id=id, name='velero-r')['status'], OK)
    for w.o.busy_at_once in (False, True):
        r = t.ask('remove', trident(), id=id)
        same((r['status'], r['code']), (CONFLICT, '1638555'))
        assert r['message'].startswith('snapshot %s, held by volume_clone: deleting the snapshot: ' % NAME), r['message']
        assert 'split or deleted' in r['hint'], r
    w.o.volumes.pop(w.o.named('velero_r')['uuid'])
    same(t.ask('remove', trident(), id=id)['status'], OK)
    id = t.snapshot()
    w.o.locked.add(NAME)
    r = t.ask('remove', trident(), id=id)
    same((r['status'], r['code'], names(w.v)), (CONFLICT, '1638555', [NAME]))


# ---- memory
@test
def without_memory(w):
    t = w.tool()
    all = []
    for n in range(1, 40):
        t.set('fail_alloc_at', n)
        r = t.ask('snapshot', trident(), name='velero-%d' % n, wait=True)
        assert r['status'] in (OK, NOMEM), (n, r)
        all.append(r['status'])
    assert all.count(NOMEM) >= 10 and all[-1] == OK, all
    t.set('fail_alloc_at', 0)
    for n in range(1, 40):
        t.snapshot(name='velero-%d' % n)
    same(names(w.v), sorted('velero-%d' % n for n in range(1, 40)))  # one each


sys.exit(main())
