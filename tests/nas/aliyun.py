"""aliyun.py -- Alibaba Cloud NAS (2017-06-26), STS and an instance's metadata for tests.  SPDX-License-Identifier: Apache-2.0

Signatures (ACS3-HMAC-SHA256) are verified from the bytes of the request. Unknown, missing and ill-typed parameters, a nonce that was used and a date
that is off are refused. File systems are directories, a snapshot is a copy of one. With tick set each request lets that many seconds pass; else time is
the clock's. Faults (see Aliyun.fault) answer throttling or an error, or nothing, before or after the effect."""
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, quote, urlsplit
import calendar, hashlib, hmac, json, os, re, shutil, threading, time, uuid

NAME = re.compile(r'(?!auto)(?!https?://)[A-Za-z][A-Za-z0-9:_-]{1,127}$')
PAGED = {'PageNumber': int, 'PageSize': int}
# parameter -> type; a * in front: it must be given
ACTIONS = {
    'CreateSnapshot': {'*FileSystemId': str, 'SnapshotName': str, 'Description': str, 'RetentionDays': int},
    'DeleteSnapshot': {'*SnapshotId': str},
    'DescribeSnapshots': {'*FileSystemType': str, 'FileSystemId': str, 'SnapshotIds': str, 'SnapshotName': str, 'SnapshotType': str, 'Status': str, **PAGED},
    'DescribeFileSystems': {'FileSystemId': str, 'FileSystemType': str, 'VpcId': str, **PAGED},
    'CreateFileSystem': {'*ProtocolType': str, '*StorageType': str, 'FileSystemType': str, 'ChargeType': str, 'Capacity': int, 'ZoneId': str, 'SnapshotId': str, 'ClientToken': str,
                         'Description': str, 'EncryptType': int, 'KmsKeyId': str, 'VpcId': str, 'VSwitchId': str},
    'DeleteFileSystem': {'*FileSystemId': str},
    'CreateMountTarget': {'*FileSystemId': str, '*NetworkType': str, 'VpcId': str, 'VSwitchId': str, 'AccessGroupName': str},
    'DescribeMountTargets': {'*FileSystemId': str, 'MountTargetDomain': str, **PAGED},
}
STS = {'AssumeRole': {'*RoleArn': str, '*RoleSessionName': str, 'DurationSeconds': int}}
READING = ('DescribeSnapshots', 'DescribeFileSystems', 'DescribeMountTargets')
MESSAGES = {'Throttling.User': (400, 'Request was denied due to user flow control.'), 'ServiceUnavailable': (503, 'The request has failed due to a temporary failure of the server.'),
            'ServiceTimeout': (504, 'The request processing has failed due to timeout.'), 'InternalError': (500, 'The request processing has failed due to some unknown error.')}


class Wrong(Exception):
    def __init__(self, status, code, message, fair=False):
        """fair: a client that behaves may meet it."""
        self.status, self.code, self.message, self.fair = status, code, message, fair


class Lost(Exception):
    pass


def sha(data):
    return hashlib.sha256(data).hexdigest()


class Aliyun:
    def __init__(self, root, tick=None, took=10):
        self.root, self.tick, self.took = root, tick, took
        self.lock, self.seen, self.faults, self.wrong, self.passed = threading.RLock(), [], [], [], 0.0
        self.keys = {'LTAIkey': ('s3cret/+"', None)}
        self.fs, self.snapshots, self.tokens, self.nonces = {}, {}, {}, {}
        self.pending_for, self.target_for, self.domain_for = 6, 6, 3
        self.roles, self.oidc, self.metadata_role, self.metadata_token, self.hardened = {}, {}, None, 'metadata-token-1', False
        self.expires, self.issued, self.dates = 3600, 0, []
        self.host = None

    # ---- the world
    def file_system(self, id, type='extreme', storage='advance', status='Running', capacity=100, description='', **more):
        f = {'FileSystemId': id, 'FileSystemType': type, 'StorageType': storage, 'Status': status, 'Capacity': capacity, 'Description': description, 'ProtocolType': 'NFS',
             'ChargeType': 'PayAsYouGo', 'ZoneId': 'cn-hangzhou-f', 'RegionId': 'cn-hangzhou', 'EncryptType': 0, 'CreateTime': '2026-01-01T00:00:00CST', 'Version': '1',
             'targets': [], 'ready': 0, **more}
        self.fs[id] = f
        os.makedirs(self.directory(id), exist_ok=True)
        return f

    def mount_target(self, f, label='x1', vpc='vpc-1', vswitch='vsw-1', group='nodes'):
        domain = '%s-%s.cn-hangzhou.%snas.aliyuncs.com' % (f['FileSystemId'], label, 'extreme.' if f['FileSystemType'] == 'extreme' else '')
        f['targets'].append({'domain': domain + (':/share' if f['FileSystemType'] == 'extreme' else ''), 'VpcId': vpc, 'VswId': vswitch, 'AccessGroupName': group, 'at': -1000})
        return domain

    def directory(self, id):
        return '%s/%s' % (self.root, id)

    def write(self, id, text):
        with open(self.directory(id) + '/a', 'w') as f:
            f.write(text)

    def read(self, id):
        with open(self.directory(id) + '/a') as f:
            return f.read()

    def fault(self, action, what, times=1, skip=0, after=False):
        """what: a code of MESSAGES, or 'lost' (no answer), or a Wrong; after: once the effect took place."""
        self.faults.append([re.compile(action), what, times, skip, after])

    def now(self):
        return self.passed if self.tick else time.monotonic()

    def snapshot_of(self, name):
        return [s for s in self.snapshots.values() if s['name'] == name]

    # ---- who asks
    def verify(self, method, target, headers, body):
        given = headers.get('authorization', '')
        m = re.fullmatch(r'ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([^,]+),Signature=([0-9a-f]{64})', given)
        if not m:
            raise Wrong(400, 'IncompleteSignature', 'The request signature does not conform to Aliyun standards.')
        key, signed, signature = m.groups()
        names = signed.split(';')
        must = sorted(n for n in headers if n.startswith('x-acs-') or n == 'host' or (n == 'content-type' and headers[n]))
        if names != sorted(names) or not set(must) <= set(names):
            raise Wrong(400, 'IncompleteSignature', 'Signed are %s, which must be %s.' % (names, must))
        if key not in self.keys:
            raise Wrong(404, 'InvalidAccessKeyId.NotFound', 'Specified access key is not found.')
        secret, token = self.keys[key]
        parts = urlsplit(target)
        query = '&'.join('%s=%s' % (quote(k, safe='-_.~'), quote(v, safe='-_.~')) for k, v in sorted(parse_qsl(parts.query, keep_blank_values=True)))
        if headers.get('x-acs-content-sha256') != sha(body):
            raise Wrong(400, 'InvalidContentSha256', 'The hash of the body is another.')
        canonical = '\n'.join([method, parts.path or '/', query, ''.join('%s:%s\n' % (n, headers.get(n, '').strip()) for n in names), signed, sha(body)])
        to_sign = 'ACS3-HMAC-SHA256\n' + sha(canonical.encode())
        if not hmac.compare_digest(hmac.new(secret.encode(), to_sign.encode(), 'sha256').hexdigest(), signature):
            raise Wrong(400, 'SignatureDoesNotMatch', 'Specified signature is not matched with our calculation. server string to sign is:' + to_sign)
        if headers.get('x-acs-security-token') != (token and token[0]):
            raise Wrong(400, 'InvalidSecurityToken.Malformed', 'The specified SecurityToken is malformed.')
        if token and token[1] < time.time():
            raise Wrong(400, 'InvalidSecurityToken.Expired', 'The specified SecurityToken is expired.', fair=True)
        try:
            date = calendar.timegm(time.strptime(headers.get('x-acs-date', ''), '%Y-%m-%dT%H:%M:%SZ'))
        except ValueError:
            raise Wrong(400, 'InvalidTimeStamp.Format', 'Specified time stamp or date value is not well formatted.')
        if abs(date - time.time()) > 900:
            raise Wrong(400, 'InvalidTimeStamp.Expired', 'Specified time stamp or date value is expired.')
        nonce = headers.get('x-acs-signature-nonce', '')
        if len(nonce) < 16 or (key, nonce) in self.nonces:
            raise Wrong(400, 'SignatureNonceUsed', 'Specified signature nonce was used already.')
        self.nonces[key, nonce] = True
        return key

    # ---- parameters
    def checked(self, action, query, actions):
        shape = {k.lstrip('*'): t for k, t in actions[action].items()}
        given = {}
        for k, v in query:
            if k not in shape:
                raise Wrong(400, 'InvalidParameter.' + k, 'Parameter %s is not known to %s.' % (k, action))
            if k in given:
                raise Wrong(400, 'InvalidParameter.' + k, 'Parameter %s is given twice.' % k)
            if shape[k] is int and not re.fullmatch(r'-?\d+', v):
                raise Wrong(400, 'InvalidParameter.' + k, 'Parameter %s is no number.' % k)
            given[k] = shape[k](v)
        for k in actions[action]:
            if k[0] == '*' and not given.get(k[1:]):
                raise Wrong(400, 'Missing' + k[1:], '%s is mandatory for this action.' % k[1:])
        return given

    def page(self, p, key, member, all):
        size, number = p.get('PageSize', 10), p.get('PageNumber', 1)
        if not 1 <= size <= 100 or number < 1:
            raise Wrong(400, 'InvalidPageSize', 'PageSize is 1 to 100.')
        return {'TotalCount': len(all), 'PageSize': size, 'PageNumber': number, key: {member: all[(number - 1) * size:number * size]}}

    # ---- time
    def settle(self):
        for s in self.snapshots.values():
            if s['status'] == 'progressing' and self.now() >= s['at'] + s['took']:
                s['status'] = 'failed' if s['fails'] else 'accomplished'
        for f in self.fs.values():
            if f['Status'] == 'Pending' and self.now() >= f['ready']:
                f['Status'] = 'Running'

    def known(self, id):
        if id not in self.fs:
            raise Wrong(404, 'InvalidFileSystem.NotFound', 'The specified file system does not exist.', fair=True)
        return self.fs[id]

    # ---- actions
    fails_next = False

    def CreateSnapshot(self, p):
        f, name = self.known(p['FileSystemId']), p.get('SnapshotName', '')
        if f['FileSystemType'] != 'extreme' or f['StorageType'] != 'advance':
            raise Wrong(400, 'InvalidFileSystem.NotSupported', 'The file system does not support snapshots.')
        if name and not NAME.match(name):
            raise Wrong(400, 'InvalidSnapshotName', 'The name is not valid.')
        if 'Description' in p and (not 2 <= len(p['Description']) <= 256 or p['Description'].startswith('http')):
            raise Wrong(400, 'InvalidDescription', 'The description is not valid.')
        if not (p.get('RetentionDays', -1) == -1 or 1 <= p['RetentionDays'] <= 65536):
            raise Wrong(400, 'InvalidRetentionDays', 'The retention is not valid.')
        if f['Status'] != 'Running':
            raise Wrong(400, 'InvalidFileSystemStatus', 'The file system is not running.')
        mine = [s for s in self.snapshots.values() if s['fs'] == f['FileSystemId']]
        if any(s['status'] == 'progressing' for s in mine):
            raise Wrong(400, 'SnapshotIsCreating', 'Another snapshot of the file system is being created.', fair=True)
        if len(mine) >= 128:
            raise Wrong(400, 'QuotaExceeded.Snapshot', 'The file system has 128 snapshots.')
        id = 's-extreme-' + uuid.uuid4().hex[:16]
        self.snapshots[id] = {'id': id, 'fs': f['FileSystemId'], 'name': name, 'at': self.now(), 'took': self.took, 'status': 'progressing', 'fails': self.fails_next, 'type': 'user',
                              'description': p.get('Description', ''), 'days': p.get('RetentionDays', -1)}
        self.fails_next = False
        shutil.copytree(self.directory(f['FileSystemId']), self.directory(id))
        return {'SnapshotId': id}

    def DescribeSnapshots(self, p):
        if p['FileSystemType'] != 'extreme':
            raise Wrong(400, 'InvalidFileSystemType', 'FileSystemType is extreme.')
        ids, all = [i for i in p.get('SnapshotIds', '').split(',') if i], []
        for s in self.snapshots.values():
            if (ids and s['id'] not in ids) or p.get('FileSystemId', s['fs']) != s['fs'] or p.get('SnapshotName', s['name']) != s['name']:
                continue
            if p.get('SnapshotType', 'all') not in ('all', s['type']) or p.get('Status', 'all') not in ('all', s['status']):
                continue
            went = min(max(self.now() - s['at'], 0), s['took'])
            percent = 100 if s['status'] == 'accomplished' else int(100 * went / s['took']) if s['took'] else 0
            all.append({'SnapshotId': s['id'], 'SnapshotName': s['name'], 'Status': s['status'], 'Progress': str(percent), 'RemainTime': int(s['took'] - went),
                        'CreateTime': '2026-01-01T00:00:00Z', 'SourceFileSystemId': s['fs'], 'SourceFileSystemSize': self.fs[s['fs']]['Capacity'], 'SourceFileSystemVersion': '1',
                        'EncryptType': 0, 'RetentionDays': s['days'], 'SnapshotType': s['type'], 'FileSystemType': 'extreme', 'Description': s['description']})
        return self.page(p, 'Snapshots', 'Snapshot', all)

    def DeleteSnapshot(self, p):
        if p['SnapshotId'] not in self.snapshots:
            raise Wrong(404, 'InvalidSnapshot.NotFound', 'The specified snapshot does not exist.', fair=True)
        del self.snapshots[p['SnapshotId']]
        return {}

    def targets(self, f):
        out = []
        for t in f['targets']:
            went = self.now() - t['at']
            out.append({'MountTargetDomain': t['domain'] if went >= self.domain_for else '', 'Status': 'Active' if went >= self.target_for else 'Pending', 'NetworkType': 'vpc',
                        'VpcId': t['VpcId'], 'VswId': t['VswId'], 'AccessGroupName': t['AccessGroupName']})
        return out

    def DescribeFileSystems(self, p):
        if p.get('FileSystemId'):
            self.known(p['FileSystemId'])
        type = p.get('FileSystemType', 'all')
        if type not in ('all', 'standard', 'extreme', 'cpfs'):
            raise Wrong(400, 'InvalidFileSystemType', 'FileSystemType is not valid.')
        all = [{**{k: v for k, v in f.items() if k not in ('targets', 'ready', 'args')}, 'MountTargets': {'MountTarget': self.targets(f)}} for f in self.fs.values()
               if p.get('FileSystemId', f['FileSystemId']) == f['FileSystemId'] and type in ('all', f['FileSystemType'])]
        return self.page(p, 'FileSystems', 'FileSystem', all)

    def CreateFileSystem(self, p):
        args = {k: v for k, v in p.items() if k != 'ClientToken'}
        if len(p.get('ClientToken', '')) > 64:
            raise Wrong(400, 'InvalidClientToken', 'The token is too long.')
        if p.get('ClientToken') in self.tokens:
            id, before = self.tokens[p['ClientToken']]
            if before != args:
                raise Wrong(400, 'IdempotentParameterMismatch', 'The request uses the same client token as a previous, but non-identical request.')
            return {'FileSystemId': id}
        if p.get('FileSystemType') != 'extreme' or p['StorageType'] not in ('advance', 'standard') or p['ProtocolType'] != 'NFS':
            raise Wrong(400, 'InvalidStorageType', 'The type is not valid.')
        if not p.get('ZoneId') or not p.get('Capacity') or p.get('ChargeType') not in ('PayAsYouGo', None):
            raise Wrong(400, 'MissingZoneId', 'ZoneId and Capacity are mandatory.')
        if not re.fullmatch(r'[A-Za-z][A-Za-z0-9:_-]{1,127}', p.get('Description', 'none')):
            raise Wrong(400, 'InvalidDescription', 'The description is not valid.')
        s = None
        if p.get('SnapshotId'):
            s = self.snapshots.get(p['SnapshotId'])
            if not s:
                raise Wrong(404, 'InvalidSnapshot.NotFound', 'The specified snapshot does not exist.')
            if s['status'] != 'accomplished' or p['StorageType'] != 'advance' or p['Capacity'] < self.fs[s['fs']]['Capacity']:
                raise Wrong(400, 'InvalidSnapshot.Status', 'The snapshot cannot be used so.')
        id = 'extreme-' + uuid.uuid4().hex[:8]
        f = self.file_system(id, storage=p['StorageType'], status='Pending', capacity=p['Capacity'], description=p.get('Description', ''), ZoneId=p['ZoneId'],
                             EncryptType=p.get('EncryptType', 0), KMSKeyId=p.get('KmsKeyId', ''))
        f['ready'] = self.now() + self.pending_for
        if s:
            shutil.copytree(self.directory(s['id']), self.directory(id), dirs_exist_ok=True)
        if p.get('ClientToken'):
            self.tokens[p['ClientToken']] = (id, args)
        return {'FileSystemId': id}

    def DeleteFileSystem(self, p):
        if self.known(p['FileSystemId'])['targets']:
            raise Wrong(400, 'InvalidFilesystem.MountTargetNotEmpty', 'It has mount targets.')
        del self.fs[p['FileSystemId']]
        return {}

    def CreateMountTarget(self, p):
        f = self.known(p['FileSystemId'])
        if p['NetworkType'] != 'Vpc' or not p.get('VpcId') or not p.get('VSwitchId') or not p.get('AccessGroupName'):
            raise Wrong(400, 'MissingVSwitchId', 'VpcId, VSwitchId and AccessGroupName are mandatory.')
        if f['Status'] != 'Running':
            raise Wrong(400, 'InvalidFileSystemStatus', 'The file system is not running.')
        if f['FileSystemType'] == 'extreme' and f['targets']:
            raise Wrong(400, 'QuotaExceeded.MountTarget', 'An extreme file system has one mount target.')
        self.mount_target(f, 'n1', p['VpcId'], p['VSwitchId'], p['AccessGroupName'])
        f['targets'][-1]['at'] = self.now()
        return {'MountTargetDomain': '' if f['FileSystemType'] == 'extreme' else f['targets'][-1]['domain']}

    def DescribeMountTargets(self, p):
        return self.page(p, 'MountTargets', 'MountTarget', [{**t, 'AccessGroup': t['AccessGroupName']} for t in self.targets(self.known(p['FileSystemId']))])

    # ---- roles
    def issue(self):
        self.issued += 1
        id, secret, token, until = 'STS.key%d' % self.issued, 'sts-s3cret-%d' % self.issued, 'sts-t0ken/+= %d'.replace(' ', '') % self.issued, time.time() + self.expires
        self.keys[id] = (secret, (token, until))
        return {'AccessKeyId': id, 'AccessKeySecret': secret, 'SecurityToken': token, 'Expiration': time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(until))}

    def AssumeRole(self, p, key):
        if self.roles.get(p['RoleArn']) != key:
            raise Wrong(403, 'NoPermission', 'You are not authorized to do this action. You should be authorized by RAM.')
        return {'Credentials': self.issue(), 'AssumedRoleUser': {'Arn': p['RoleArn'] + '/' + p['RoleSessionName']}}

    def with_oidc(self, query, body):
        q, b = dict(query), dict(parse_qsl(body.decode(), strict_parsing=True))
        if set(q) != {'Action', 'Format', 'Version', 'Timestamp', 'SignatureNonce'} or not set(b) <= {'RoleArn', 'OIDCProviderArn', 'OIDCToken', 'RoleSessionName', 'DurationSeconds'}:
            raise Wrong(400, 'InvalidParameter', 'Parameters are %s, %s.' % (sorted(q), sorted(b)))
        if self.oidc.get(b.get('OIDCToken')) != (b.get('RoleArn'), b.get('OIDCProviderArn')) or not b.get('RoleSessionName'):
            raise Wrong(403, 'AuthenticationFail.OIDCToken.Invalid', 'This JWT token is invalid.', fair=True)
        return {'Credentials': self.issue()}

    def instance(self, method, path, headers):
        """(status, text) of the metadata."""
        base = '/latest/meta-data/ram/security-credentials/'
        if method == 'PUT' and path == '/latest/api/token':
            return (200, self.metadata_token) if self.hardened and headers.get('x-aliyun-ecs-metadata-token-ttl-seconds') else (404, '')
        if method != 'GET' or not path.startswith(base) or not self.metadata_role:
            return 404, 'Not Found'
        if self.hardened and headers.get('x-aliyun-ecs-metadata-token') != self.metadata_token:
            return 403, 'Forbidden'
        if path == base:
            return 200, self.metadata_role
        return (200, json.dumps({**self.issue(), 'Code': 'Success', 'LastUpdated': '2026-01-01T00:00:00Z'})) if path == base + self.metadata_role else (404, '')

    # ---- answers
    def act(self, method, target, headers, body):
        query = parse_qsl(urlsplit(target).query, keep_blank_values=True)
        action, version = headers.get('x-acs-action'), headers.get('x-acs-version')
        if dict(query).get('Action') == 'AssumeRoleWithOIDC':
            self.seen.append(('AssumeRoleWithOIDC', {}))
            return self.with_oidc(query, body)
        key = self.verify(method, target, headers, body)
        if method != 'POST' or urlsplit(target).path != '/':
            raise Wrong(400, 'InvalidAction.NotFound', 'POST / is asked.')
        actions = ACTIONS if version == '2017-06-26' else STS if version == '2015-04-01' else {}
        if action not in actions:
            raise Wrong(404, 'InvalidAction.NotFound', 'Specified api is not found, please check your url and method.')
        p = self.checked(action, query, actions)
        self.seen.append((action, p))
        if actions is STS:
            return self.AssumeRole(p, key)
        fault = next((f for f in self.faults if f[0].fullmatch(action) and f[2] > 0), None)
        if fault and fault[3] > 0:
            fault[3] -= 1
            fault = None
        if fault:
            fault[2] -= 1
        if fault and not fault[4]:
            self.fail(fault[1])
        answer = getattr(self, action)(p)
        if fault:
            self.fail(fault[1])
        return answer

    def fail(self, what):
        if what == 'lost':
            raise Lost()
        raise what if isinstance(what, Wrong) else Wrong(MESSAGES[what][0], what, MESSAGES[what][1], fair=True)

    def entry(self, method, target, headers, body):
        with self.lock:
            self.passed += self.tick or 0
            self.settle()
            if urlsplit(target).path.startswith('/latest/'):
                status, text = self.instance(method, urlsplit(target).path, headers)
                return status, text.encode()
            id = str(uuid.uuid4()).upper()
            try:
                return 200, json.dumps({'RequestId': id, **self.act(method, target, headers, body)}).encode()
            except Wrong as w:
                if not w.fair:
                    self.wrong.append((headers.get('x-acs-action'), w.code, w.message))
                return w.status, json.dumps({'Code': w.code, 'Message': w.message, 'RequestId': id, 'HostId': headers.get('host', '')}).encode()


class Server:
    """Serves it at http://127.0.0.1:port."""

    def __init__(self, aliyun):
        class Handler(BaseHTTPRequestHandler):
            protocol_version, timeout = 'HTTP/1.1', 60

            def any(self):
                body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
                try:
                    status, answer = aliyun.entry(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
                except Lost:
                    self.close_connection = True
                    self.connection.close()
                    return
                self.send_response(status)
                self.send_header('Content-Type', 'application/json;charset=utf-8')
                self.send_header('Content-Length', str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            do_GET = do_POST = do_PUT = any

            def log_message(self, *a):
                pass

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *a):
                pass

        self.server = Quiet(('127.0.0.1', 0), Handler)
        self.port = self.server.server_address[1]
        self.url = 'http://127.0.0.1:%d' % self.port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
