"""ontap.py -- ONTAP's REST interface for tests: SVMs, volumes, snapshots, FlexClones and jobs, over TLS.  SPDX-License-Identifier: Apache-2.0

Volumes are directories; a snapshot is a copy of one under .snapshot/NAME, a FlexClone a copy of a snapshot. Changes are jobs that take time, and whose
effect comes at their end; a job is forgotten 300 s later. With tick set each look at a job or at volumes lets that many seconds pass; else time is the clock's.
What is asked is checked as strictly as ONTAP does: unknown fields and arguments, types, names, users. Faults (see Ontap.fault) lose answers after the
effect."""
from urllib.parse import urlencode, parse_qsl, urlsplit
import os, re, shutil, threading, time, uuid

VOLUME = {'uuid', 'name', 'comment', 'size', 'state', 'style', 'type', 'create_time', 'svm.name', 'svm.uuid', 'nas.path', 'nas.export_policy.name', 'aggregates.name',
          'clone.is_flexclone', 'clone.parent_volume.name', 'clone.parent_volume.uuid', 'clone.parent_snapshot.name', 'clone.parent_snapshot.uuid',
          'clone.parent_svm.name', 'clone.split_initiated', 'clone.split_complete_percent'}
SNAPSHOT = {'uuid', 'name', 'comment', 'create_time', 'expiry_time', 'state', 'size', 'owners', 'snapmirror_label', 'svm.name', 'svm.uuid', 'volume.name', 'volume.uuid'}
JOB = {'uuid', 'state', 'code', 'message', 'error', 'start_time', 'end_time', 'description'}
INTERFACE = {'uuid', 'name', 'ip.address', 'state', 'enabled', 'services', 'svm.name'}
KEEP, PLAIN = 300, {'uuid', 'name'}


class Wrong(Exception):
    def __init__(self, status, code, message, target=None):
        self.status, self.error = status, {'message': message, 'code': str(code)}
        if target:
            self.error['target'] = target


class Lost(Exception):
    pass


def at(record, dotted):
    for part in dotted.split('.'):
        record = record.get(part) if isinstance(record, dict) else None
    return record


def put(record, dotted, value):
    *way, last = dotted.split('.')
    for part in way:
        record = record.setdefault(part, {})
    record[last] = value


def merge(into, what):
    for k, v in what.items():
        if isinstance(v, dict):
            merge(into.setdefault(k, {}), v)
        else:
            into[k] = v


def flat(body, shape, prefix=''):
    """{'svm.name': 'x'} of a body; shape: dotted name -> type."""
    out = {}
    for k, v in body.items():
        name = prefix + k
        if name in shape:
            if shape[name] is bool and v in ('true', 'false'):
                v = v == 'true'
            if not isinstance(v, shape[name]) or (shape[name] is str and not v and name != 'comment'):
                raise Wrong(400, 262185, 'Invalid value "%s" for field "%s".' % (v, name), name)
            out[name] = v
        elif isinstance(v, dict) and any(s.startswith(name + '.') for s in shape):
            out.update(flat(v, shape, name + '.'))
        else:
            raise Wrong(400, 262179, 'Unexpected argument "%s".' % name, name)
    return out


class Ontap:
    def __init__(self, root, user='admin', password='secret', tick=None, took=2, page=10000):
        self.root, self.user, self.password, self.tick, self.took, self.page = root, user, password, tick, took, page
        self.lock, self.seen, self.faults, self.wrong = threading.RLock(), [], [], []
        self.passed, self.svms, self.volumes, self.jobs = 0.0, {}, {}, {}
        self.offline_for, self.busy_at_once, self.policies, self.locked = 0, False, {'default', 'k8s'}, set()
        self.interfaces = []
        self.denied = None  # a method that the user's role has not

    # ---- the world
    def svm(self, name, addresses=()):
        self.svms[name] = str(uuid.uuid4())
        for a in addresses:
            self.interfaces.append({'uuid': str(uuid.uuid4()), 'name': 'lif%d' % len(self.interfaces), 'ip': {'address': a}, 'state': 'up', 'enabled': True,
                                    'services': ['data_core', 'data_nfs'], 'svm': {'name': name}})

    def volume(self, svm, name, path=None, policy='k8s', style='flexvol', type='rw', state='online', comment=''):
        v = {'uuid': str(uuid.uuid4()), 'name': name, 'comment': comment, 'size': 1 << 30, 'state': state, 'style': style, 'type': type, 'create_time': self.stamp(),
             'svm': {'name': svm, 'uuid': self.svms[svm]}, 'nas': {'export_policy': {'name': policy}}, 'aggregates': [{'name': 'aggr1'}], 'clone': {'is_flexclone': False},
             'snapshots': {}, 'online_at': 0}
        if path:
            v['nas']['path'] = path
        self.volumes[v['uuid']] = v
        os.makedirs(self.directory(v), exist_ok=True)
        return v

    def directory(self, v):
        return '%s/%s/%s' % (self.root, v['svm']['name'], v['name'])

    def write(self, v, name, text):
        with open('%s/%s' % (self.directory(v), name), 'w') as f:
            f.write(text)

    def read(self, v, name):
        with open('%s/%s' % (self.directory(v), name)) as f:
            return f.read()

    def named(self, name):
        return next((v for v in self.volumes.values() if v['name'] == name), None)

    def fault(self, method, pattern, what, times=1, skip=0):
        """what: 'lost' (the effect, no answer), 'drop' (neither), 'after' (the effect, and 500), 'busy' (503 and nothing), 'forget' (the jobs, with their effect), 'slow' (the answer takes 1.5 s), 'expire' (a
        long time passes),
        or a Wrong, which is answered."""
        self.faults.append([method, re.compile(pattern), what, times, skip])

    def now(self):
        return self.passed + (0 if self.tick else time.monotonic())

    def stamp(self):
        return time.strftime('%Y-%m-%dT%H:%M:%S+00:00', time.gmtime(1767225600 + int(self.passed)))

    # ---- jobs: (effect, error) come at the end
    def job(self, description, effect, took=None):
        j = {'uuid': str(uuid.uuid4()), 'description': description, 'start_time': self.stamp(), 'effect': effect, 'at': self.now(), 'took': self.took if took is None else took,
             'result': None}
        self.jobs[j['uuid']] = j
        return j

    def settle(self):
        for j in self.jobs.values():
            if j['result'] is None and self.now() >= j['at'] + j['took']:
                try:
                    j['effect']()
                    j['result'] = {'state': 'success', 'code': 0, 'message': 'success'}
                except Wrong as w:
                    j['result'] = {'state': 'failure', 'code': int(w.error['code']), 'message': w.error['message'], 'error': w.error}
                j['result']['end_time'] = self.stamp()
        self.jobs = {k: j for k, j in self.jobs.items() if j['result'] is None or self.now() < j['at'] + j['took'] + KEEP}
        for v in self.volumes.values():
            if v['state'] == 'offline' and v['online_at'] and self.now() >= v['online_at']:
                v['state'] = 'online'

    # ---- answers
    def entry(self, handler, method, target, body, who):
        """(status, answer)"""
        with self.lock:
            path, query = urlsplit(target).path, parse_qsl(urlsplit(target).query, keep_blank_values=True)
            self.seen.append((method, target))
            fault = None
            for f in self.faults:
                if f[0] == method and f[1].search(target) and f[3] > 0:
                    if f[4] > 0:
                        f[4] -= 1
                        continue
                    f[3] -= 1
                    fault = f[2]
                    break
            if fault == 'slow':
                time.sleep(1.5)
            if fault == 'drop':
                raise Lost()
            if fault == 'busy':
                return 503, {'error': {'message': 'The service is temporarily unavailable.', 'code': '525027'}}, {'Retry-After': '1'}
            if isinstance(fault, Wrong):
                return fault.status, {'error': fault.error}, {}
            if isinstance(fault, tuple):
                return (*fault, {})
            if who is None:
                return 401, {'error': {'message': 'User is not authorized.', 'code': '6691623'}}, {}
            if method == self.denied:
                return 403, {'error': {'message': 'not authorized for that command', 'code': '6'}}, {}
            self.settle()
            try:
                if fault == 'forget':
                    self.jobs.clear()
                if fault == 'expire':
                    self.passed += 1000
                    self.settle()
                status, answer = self.route(method, path, dict(query), len(query), body)
            except Wrong as w:
                if w.error['code'] not in ('4', '917526', '1638555', '524601', '918243'):
                    self.wrong.append((method, target, w.error))
                status, answer = w.status, {'error': w.error}
            if fault == 'lost':
                raise Lost()
            if fault == 'after':
                return 500, {'error': {'message': 'internal error', 'code': '2'}}, {}
            return status, answer, {}

    def route(self, method, path, query, n, body):
        if n != len(query):
            raise Wrong(400, 262180, 'Duplicate field.')
        one = '([0-9a-f-]{36})'
        for m, pattern, f in (('GET', '/api/cluster', self.get_cluster), ('GET', '/api/cluster/jobs/' + one, self.get_job), ('GET', '/api/storage/volumes', self.get_volumes),
                              ('POST', '/api/storage/volumes', self.post_volume), ('GET', '/api/storage/volumes/' + one, self.get_volume),
                              ('PATCH', '/api/storage/volumes/' + one, self.patch_volume), ('DELETE', '/api/storage/volumes/' + one, self.delete_volume),
                              ('GET', '/api/storage/volumes/%s/snapshots' % one, self.get_snapshots), ('POST', '/api/storage/volumes/%s/snapshots' % one, self.post_snapshot),
                              ('GET', '/api/storage/volumes/%s/snapshots/%s' % (one, one), self.get_snapshot),
                              ('DELETE', '/api/storage/volumes/%s/snapshots/%s' % (one, one), self.delete_snapshot),
                              ('GET', '/api/network/ip/interfaces', self.get_interfaces)):
            got = re.fullmatch(pattern, path)
            if got and m == method:
                return f(query, body, *got.groups())
        raise Wrong(404, 3, 'API not found')

    def arguments(self, query, allowed):
        for k in query:
            if k not in allowed:
                raise Wrong(400, 262179, 'Unexpected argument "%s".' % k, k)

    def fields(self, query, known):
        asked = query.get('fields', '')
        out = set(PLAIN)
        for f in filter(None, asked.split(',')):
            if f in ('*', '**'):
                return set(known)
            match = {k for k in known if k == f or k.startswith(f + '.')}
            if not match:
                raise Wrong(400, 262197, 'The value "%s" is invalid for field "fields" (<field,...>)' % f, 'fields')
            out |= match
        return out

    def show(self, record, fields, href):
        out = {}
        for f in sorted(fields):
            value = at(record, f)
            if f == 'aggregates.name':
                out['aggregates'] = record['aggregates']
            elif value is not None and value != '':
                put(out, f, value)
        out['_links'] = {'self': {'href': href}}
        return out

    def listed(self, path, query, known, records, href):
        """A page: those behind start.uuid that the query fits."""
        self.arguments(query, known | {'fields', 'max_records', 'return_records', 'return_timeout', 'order_by', 'start.uuid'})
        try:
            most = min(int(query.get('max_records', self.page)), self.page)
        except ValueError:
            raise Wrong(400, 262185, 'Invalid value', 'max_records')
        fields = self.fields(query, known) | (known & set(query))
        def fits(r):
            for k in known & set(query):
                value, wanted = at(r, k), query[k]
                values = [str(x) for x in value] if isinstance(value, list) else [str(value).lower() if isinstance(value, bool) else str(value)] if value is not None else []
                if not any(re.fullmatch(re.escape(w).replace('\\*', '.*'), v) for w in wanted.split('|') for v in values):
                    return False
            return True
        chosen = sorted((r for r in records if fits(r)), key=lambda r: r['uuid'])
        chosen = [r for r in chosen if r['uuid'] > query.get('start.uuid', '')]
        page = chosen[:most]
        out = {'records': [self.show(r, fields, href(r)) for r in page], 'num_records': len(page), '_links': {'self': {'href': path}}}
        if len(chosen) > most:
            more = dict(query)
            more['start.uuid'] = page[-1]['uuid']
            out['_links']['next'] = {'href': path + '?' + urlencode(more)}
        return 200, out

    def started(self, job, query, location, record=None, created=False):
        self.arguments(query, {'return_timeout', 'return_records'})
        wait = query.get('return_timeout', '0')
        if not wait.isdigit() or int(wait) > 120:
            raise Wrong(400, 262185, 'Invalid value "%s" for field "return_timeout".' % wait, 'return_timeout')
        answer = {'job': {'uuid': job['uuid'], '_links': {'self': {'href': '/api/cluster/jobs/' + job['uuid']}}}}
        if self.tick:
            done = job['took'] <= int(wait)
            self.passed += min(job['took'], int(wait))
        else:
            end = time.monotonic() + int(wait)
            while time.monotonic() < end and self.now() < job['at'] + job['took']:
                time.sleep(0.02)
        self.settle()
        if query.get('return_records') == 'true' and record:
            answer.update(num_records=1, records=[record])
        if job['result'] and job['result']['state'] == 'failure':
            raise Wrong(500 if job['result']['code'] == 2 else 409 if job['result']['code'] in (917526, 1638555) else 400, job['result']['code'], job['result']['message'])
        return (201 if created else 200) if job['result'] else 202, answer

    def get_cluster(self, query, body):
        return 200, {'name': 'emulated', 'version': {'full': 'NetApp Release 9.14.1', 'generation': 9, 'major': 14, 'minor': 1}}

    def get_job(self, query, body, id):
        if self.tick:
            self.passed += self.tick
        self.settle()
        j = self.jobs.get(id)
        self.arguments(query, {'fields'})
        fields = self.fields(query, JOB)
        if not j:
            raise Wrong(404, 4, "entry doesn't exist", 'uuid')
        state = 'running' if self.now() > j['at'] + j['took'] / 2 else 'queued'
        return 200, self.show({**j, 'state': state, **(j['result'] or {})}, fields | {'state'}, '/api/cluster/jobs/' + id)

    def get_interfaces(self, query, body):
        return self.listed('/api/network/ip/interfaces', query, INTERFACE, self.interfaces, lambda r: '/api/network/ip/interfaces/' + r['uuid'])

    # ---- volumes
    def find_volume(self, id):
        if id not in self.volumes:
            raise Wrong(404, 4, "entry doesn't exist", 'uuid')
        return self.volumes[id]

    def get_volumes(self, query, body):
        self.passed += self.tick or 0
        self.settle()
        return self.listed('/api/storage/volumes', query, VOLUME, self.volumes.values(), lambda r: '/api/storage/volumes/' + r['uuid'])

    def get_volume(self, query, body, id):
        self.arguments(query, {'fields'})
        v = self.find_volume(id)
        return 200, self.show(v, self.fields(query, VOLUME), '/api/storage/volumes/' + id)

    def check_place(self, svm, b):
        path, policy = b.get('nas.path'), b.get('nas.export_policy.name')
        if path is not None and not re.fullmatch(r'(/[A-Za-z0-9_.-]+)+', path):
            raise Wrong(400, 918701, 'Invalid junction path.', 'nas.path')
        if path is not None and any(v['nas'].get('path') == path and v['svm']['name'] == svm for v in self.volumes.values()):
            raise Wrong(400, 918704, 'The junction path is in use.', 'nas.path')
        if policy is not None and policy not in self.policies:
            raise Wrong(400, 1703954, 'Export policy does not exist.', 'nas.export_policy.name')

    def post_volume(self, query, body):
        b = flat(body, {'name': str, 'comment': str, 'svm.name': str, 'svm.uuid': str, 'clone.is_flexclone': bool, 'clone.parent_volume.name': str, 'clone.parent_volume.uuid': str,
                        'clone.parent_snapshot.name': str, 'clone.parent_snapshot.uuid': str, 'nas.path': str, 'nas.export_policy.name': str})
        for need in ('name', 'svm.name', 'clone.is_flexclone'):
            if not b.get(need):
                raise Wrong(400, 262186, 'Field "%s" is required.' % need, need)
        if not re.fullmatch(r'[A-Za-z_][A-Za-z0-9_]{0,202}', b['name']):
            raise Wrong(400, 917888, 'Invalid volume name "%s".' % b['name'], 'name')
        if b['svm.name'] not in self.svms:
            raise Wrong(400, 2621462, 'SVM does not exist.', 'svm')
        parent = next((v for v in self.volumes.values() if v['svm']['name'] == b['svm.name'] and
                       (v['uuid'] == b.get('clone.parent_volume.uuid') or v['name'] == b.get('clone.parent_volume.name'))), None)
        if not parent:
            raise Wrong(404, 524601, 'The parent volume was not found.', 'clone.parent_volume')
        name, id = b.get('clone.parent_snapshot.name'), b.get('clone.parent_snapshot.uuid')
        snapshot = next((s for s in parent['snapshots'].values() if s['name'] == name or s['uuid'] == id), None)
        if not snapshot:
            raise Wrong(404, 524601, 'The parent snapshot was not found.', 'clone.parent_snapshot')
        if (name or snapshot['name']) != snapshot['name'] or (id or snapshot['uuid']) != snapshot['uuid']:
            raise Wrong(400, 918243, 'The snapshot UUID and name do not match.', 'clone.parent_snapshot')
        def effect():
            if any(v['name'] == b['name'] and v['svm']['name'] == b['svm.name'] for v in self.volumes.values()):
                raise Wrong(409, 917526, 'Duplicate volume name %s.' % b['name'])
            v = self.volume(b['svm.name'], b['name'], b.get('nas.path'), b.get('nas.export_policy.name', 'default'), parent['style'], comment=b.get('comment', ''))
            v['clone'] = {'is_flexclone': True, 'parent_volume': {'name': parent['name'], 'uuid': parent['uuid']}, 'parent_svm': {'name': b['svm.name']},
                          'parent_snapshot': {'name': snapshot['name'], 'uuid': snapshot['uuid']}}
            if self.offline_for:
                v.update(state='offline', online_at=self.now() + self.offline_for)
            shutil.copytree('%s/.snapshot/%s' % (self.directory(parent), snapshot['name']), self.directory(v), dirs_exist_ok=True, symlinks=True)
        if any(v['name'] == b['name'] and v['svm']['name'] == b['svm.name'] for v in self.volumes.values()):
            raise Wrong(409, 917526, 'Duplicate volume name %s.' % b['name'])
        self.check_place(b['svm.name'], b)
        return self.started(self.job('POST /api/storage/volumes', effect), query, '/api/storage/volumes/?name=' + b['name'], {'name': b['name']}, True)

    def patch_volume(self, query, body, id):
        v = self.find_volume(id)
        b = flat(body, {'comment': str, 'nas.path': str, 'nas.export_policy.name': str, 'clone.split_initiated': bool})
        self.check_place(v['svm']['name'], b)
        if b.get('clone.split_initiated'):
            if not v['clone']['is_flexclone'] or v['clone'].get('split_initiated'):
                raise Wrong(400, 917536, 'The volume is not a FlexClone, or is being split.')
            v['clone']['split_initiated'] = True
            def effect():
                v['clone'] = {'is_flexclone': False}
            return self.started(self.job('split', effect, 30), query, '')
        def effect():
            for k, value in b.items():
                put(v, k, value)
        return self.started(self.job('PATCH /api/storage/volumes', effect), query, '')

    def delete_volume(self, query, body, id):
        v = self.find_volume(id)
        def effect():
            shutil.rmtree(self.directory(v))
            self.volumes.pop(id, None)
        return self.started(self.job('DELETE /api/storage/volumes', effect), query, '')

    # ---- snapshots
    def get_snapshots(self, query, body, id):
        v = self.find_volume(id)
        return self.listed('/api/storage/volumes/%s/snapshots' % id, query, SNAPSHOT, [self.snapshot_of(v, s) for s in v['snapshots'].values()],
                           lambda r: '/api/storage/volumes/%s/snapshots/%s' % (id, r['uuid']))

    def clones(self, v, s):
        return [c for c in self.volumes.values() if c['clone'].get('parent_snapshot', {}).get('uuid') == s['uuid'] and c['clone']['parent_volume']['uuid'] == v['uuid']]

    def snapshot_of(self, v, s):
        owners = ['volume_clone'] if self.clones(v, s) else []
        return {**s, 'volume': {'name': v['name'], 'uuid': v['uuid']}, 'svm': v['svm'], **({'owners': owners} if owners else {})}

    def get_snapshot(self, query, body, id, snapshot):
        v = self.find_volume(id)
        self.arguments(query, {'fields'})
        if snapshot not in v['snapshots']:
            raise Wrong(404, 4, "entry doesn't exist", 'uuid')
        return 200, self.show(self.snapshot_of(v, v['snapshots'][snapshot]), self.fields(query, SNAPSHOT), '/api/storage/volumes/%s/snapshots/%s' % (id, snapshot))

    def post_snapshot(self, query, body, id):
        v = self.find_volume(id)
        b = flat(body, {'name': str, 'comment': str, 'expiry_time': str, 'snapmirror_label': str})
        if not b.get('name'):
            raise Wrong(400, 262186, 'Field "name" is required.', 'name')
        if not re.fullmatch(r'[A-Za-z0-9_.:-]{1,255}', b['name']):
            raise Wrong(400, 1638518, 'The specified snapshot name is invalid.', 'name')
        if len(b.get('comment', '')) > 255 or len(b.get('snapmirror_label', '')) > 31:
            raise Wrong(400, 262185, 'Invalid value.', 'comment')
        if v['type'] != 'rw':
            raise Wrong(400, 1638477, 'Snapshots can only be created on read/write (RW) volumes.')
        s = {'uuid': str(uuid.uuid4()), 'size': 4096, **b}
        exists = lambda: any(o['name'] == b['name'] for o in v['snapshots'].values())
        def effect():
            if exists():
                raise Wrong(409, 1638409, 'A snapshot of that name exists.')
            if len(v['snapshots']) >= 1023:
                raise Wrong(400, 1638460, 'No more snapshots in this volume.')
            v['snapshots'][s['uuid']] = {**s, 'create_time': self.stamp()}
            to = '%s/.snapshot/%s' % (self.directory(v), b['name'])
            shutil.copytree(self.directory(v), to, ignore=lambda d, names: ['.snapshot'] if d == self.directory(v) else [], symlinks=True)
        if exists():
            raise Wrong(409, 1638409, 'A snapshot of that name exists.')
        return self.started(self.job('POST snapshots', effect), query, '/api/storage/volumes/%s/snapshots/?name=%s' % (id, b['name']), {'name': b['name']}, True)

    def delete_snapshot(self, query, body, id, snapshot):
        v = self.find_volume(id)
        s = v['snapshots'].get(snapshot)
        if not s:
            raise Wrong(404, 4, "entry doesn't exist", 'uuid')
        def effect():
            if self.clones(v, s) or s['name'] in self.locked:
                raise Wrong(409, 1638555, 'The specified snapshot has not expired or is locked, or is in use.')
            if v['snapshots'].pop(snapshot, None):
                shutil.rmtree('%s/.snapshot/%s' % (self.directory(v), s['name']))
        if self.busy_at_once and self.clones(v, s):
            raise Wrong(409, 1638555, 'The specified snapshot has not expired or is locked, or is in use.')
        return self.started(self.job('DELETE snapshots', effect), query, '')
