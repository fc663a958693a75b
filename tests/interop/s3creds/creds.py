"""creds.py TOOL WORK BIN [addresses] -- the s3 plugin's credentials: the same keys as botocore's from the same files; moto as token service and metadata
service; a small server of our own as EKS pod identity, as a strict IMDSv2 and as a token service that fails.  SPDX-License-Identifier: Apache-2.0"""
import http.server
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request

tool, work, bin_dir = sys.argv[1:4]
here = os.path.dirname(os.path.abspath(__file__))
home = os.path.join(work, 'home')
failures = []
checks = 0


def check(name, ok, why=''):
    global checks
    checks += 1
    if not ok:
        failures.append('%s: %s' % (name, why))


def environment(extra):
    env = {'PATH': os.environ['PATH'], 'HOME': home, 'AWS_EC2_METADATA_DISABLED': 'true'}
    env.update(extra)
    return {k: v for k, v in env.items() if v is not None}


def write(path, text):
    path = os.path.join(home, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w') as f:
        f.write(text)
    return path


def fresh(files):
    shutil.rmtree(home, ignore_errors=True)
    os.makedirs(home)
    for path, text in files.items():
        write(path, text)


def ask(env, *args):
    """The tool's fields, or its error."""
    p = subprocess.run([tool, *args], env=environment(env), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    return p.stdout.rstrip('\n').split('\t'), p.stderr


def botocore(env, *args):
    p = subprocess.run([os.path.join(bin_dir, 'python'), os.path.join(here, 'botocore_says.py'), *args], env=environment(env), capture_output=True,
                       text=True, timeout=60)
    return p.stdout.rstrip('\n').split('\t')


class Talk:
    """A tool that is asked several times."""

    def __init__(self, env, *args):
        self.errors = open(os.path.join(work, 'said'), 'w+')
        self.p = subprocess.Popen([tool, *args], env=environment(env), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, text=True)
        self.first = self.p.stdout.readline().rstrip('\n').split('\t')

    def say(self, line):
        self.p.stdin.write(line + '\n')
        self.p.stdin.flush()
        return self.p.stdout.readline().rstrip('\n').split('\t')

    def end(self):
        self.p.stdin.close()
        self.p.wait(60)
        self.errors.seek(0)
        return self.errors.read()


def port_of_nobody():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


# ---- the same keys as botocore's
KEYS = 'aws_access_key_id = %s\naws_secret_access_key = %s\n'
PROGRAM = """credential_process = "%s/a program" 'one "two"' three\\ four\n""" % home
SCRIPT = ('#!/bin/sh\n[ "$1" = \'one "two"\' ] && [ "$2" = "three four" ] || exit 9\n'
          'echo \'{"Version":1,"AccessKeyId":"PROG","SecretAccessKey":"PS","SessionToken":"PT","Expiration":"2099-01-01T00:00:00Z"}\'\n')
CRED = '.aws/credentials'
CONF = '.aws/config'
PAIR = {'AWS_ACCESS_KEY_ID': 'E', 'AWS_SECRET_ACCESS_KEY': 'ES'}
SSO = 'sso_account_id = 1\nsso_role_name = r\n'
same_as_botocore = [
    ('nothing', {}, {}, ''),
    ('environment', PAIR, {}, ''),
    ('environment with token and region', dict(PAIR, AWS_SESSION_TOKEN='T', AWS_DEFAULT_REGION='eu-west-1'), {}, ''),
    ('default of credentials', {}, {CRED: '[default]\n' + KEYS % ('D', 'DS') + 'aws_session_token = DT\nregion = x\n'}, ''),
    ('default of config', {}, {CONF: '[default]\nregion = us-west-2\n' + KEYS % ('D', 'DS')}, ''),
    ('both files', {}, {CRED: '[default]\n' + KEYS % ('A', 'AS'), CONF: '[default]\nregion = us-west-2\n' + KEYS % ('D', 'DS')}, ''),
    ('environment before files', PAIR, {CRED: '[default]\n' + KEYS % ('D', 'DS')}, ''),
    ('a profile before the environment', PAIR, {CRED: '[p]\n' + KEYS % ('P', 'PS')}, 'p'),
    ('AWS_PROFILE behind the environment', dict(PAIR, AWS_PROFILE='p'), {CRED: '[p]\n' + KEYS % ('P', 'PS')}, ''),
    ('AWS_PROFILE', {'AWS_PROFILE': 'p'}, {CRED: '[default]\n' + KEYS % ('D', 'DS') + '[p]\n' + KEYS % ('P', 'PS')}, ''),
    ('AWS_DEFAULT_PROFILE', {'AWS_DEFAULT_PROFILE': 'p'}, {CRED: '[p]\n' + KEYS % ('P', 'PS')}, ''),
    ('[profile p]', {'AWS_PROFILE': 'p'}, {CONF: '[profile p]\nregion = eu-north-1\n' + KEYS % ('P', 'PS')}, ''),
    ('[profile "a b"]', {'AWS_PROFILE': 'a b'}, {CONF: '[profile "a b"]\n' + KEYS % ('P', 'PS')}, ''),
    ('no such profile', {'AWS_PROFILE': 'q'}, {CRED: '[p]\n' + KEYS % ('P', 'PS')}, ''),
    ('[p] of config', {'AWS_PROFILE': 'p'}, {CONF: '[p]\n' + KEYS % ('P', 'PS')}, ''),
    ('half a profile', {}, {CRED: '[default]\naws_access_key_id = D\n'}, ''),
    ('comments and spaces', {}, {CRED: '# a\n; b\n\n[default]\n  # c\naws_access_key_id   =    D\naws_secret_access_key=a=b+/=\n'}, ''),
    ('nested', {}, {CONF: '[default]\ns3 =\n  aws_access_key_id = N\n  x = y\n' + KEYS % ('D', 'DS')}, ''),
    ('indented', {}, {CRED: '[default]\n    aws_access_key_id = D\n    aws_secret_access_key = DS\n'}, ''),
    ('key in capitals', {}, {CRED: '[default]\nAWS_ACCESS_KEY_ID = D\nAws_Secret_Access_Key = DS\n'}, ''),
    ('other files', {'AWS_SHARED_CREDENTIALS_FILE': home + '/c', 'AWS_CONFIG_FILE': home + '/d'},
     {'c': '[default]\n' + KEYS % ('C', 'CS'), 'd': '[default]\nregion = r-1\n', CRED: '[default]\n' + KEYS % ('D', 'DS')}, ''),
    ('a program', {}, {CONF: '[default]\n' + PROGRAM, 'a program': SCRIPT}, ''),
    ('a program that fails', {}, {CONF: '[default]\ncredential_process = sh -c "exit 3"\n'}, ''),
    ('a program that says nothing', {}, {CONF: '[default]\ncredential_process = true\n'}, ''),
    ('keys before a program', {}, {CONF: '[default]\n' + PROGRAM, CRED: '[default]\n' + KEYS % ('D', 'DS')}, ''),
    ('a loop', {}, {CONF: '[default]\nrole_arn = r\nsource_profile = b\n[profile b]\nrole_arn = r\nsource_profile = default\n'}, ''),
    ('a role of nobody', {}, {CONF: '[default]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = b\n'}, ''),
    ('sso without login', {}, {CONF: '[default]\nsso_start_url = https://x\nsso_region = us-east-1\n' + SSO}, ''),
    ('a container that may not be asked', {'AWS_CONTAINER_CREDENTIALS_FULL_URI': 'http://192.0.2.1/x'}, {}, ''),
]


def compare():
    for name, env, files, profile in same_as_botocore:
        fresh(files)
        if 'a program' in files:
            os.chmod(os.path.join(home, 'a program'), 0o755)
        ours, _ = ask(env, '', profile)
        theirs = botocore(env, *([profile] if profile else []))
        if theirs[0].startswith('error'):
            check(name, ours[0].startswith('error'), 'botocore %s, we %s' % (theirs, ours))
        else:
            check(name, len(ours) == 6 and ours[1:4] == theirs[1:4], 'botocore %s, we %s' % (theirs, ours))
            check(name + ', region', ours[-1] == theirs[4] or name == 'default of credentials', 'botocore %s, we %s' % (theirs, ours))


# ---- moto
def moto():
    port = port_of_nobody()
    log = open(os.path.join(work, 'moto.log'), 'w')
    p = subprocess.Popen([os.path.join(bin_dir, 'moto_server'), '-H', '127.0.0.1', '-p', str(port)], stdout=log, stderr=log)
    url = 'http://127.0.0.1:%d' % port
    for _ in range(600):
        try:
            urllib.request.urlopen(url + '/moto-api/', timeout=5).read()
            return p, url
        except OSError:
            if p.poll() is not None:
                break
            time.sleep(0.1)
    p.kill()
    sys.exit('moto does not start')


def against_moto():
    p, url = moto()
    try:
        role = 'arn:aws:iam::123456789012:role/backup'
        env = {'AWS_ENDPOINT_URL_STS': url, 'AWS_REGION': 'eu-central-1'}
        fresh({'token': 'header.payload.signature\n', CRED: '[default]\n' + KEYS % ('D', 'DS')})
        web = dict(env, AWS_WEB_IDENTITY_TOKEN_FILE=home + '/token', AWS_ROLE_ARN=role)
        got, _ = ask(web)
        check('moto: web identity', got[0] == 'web identity' and got[1].startswith('ASIA') and got[3], got)
        check('moto: web identity, expiry', len(got) == 6 and 3000 < int(got[4]) - time.time() <= 3700, got)
        theirs = botocore(web)
        check('moto: web identity, botocore', theirs[0] == 'assume-role-with-web-identity', theirs)
        # a role behind another, both asked of STS, which checks the signatures from here on
        iam = dict(os.environ, AWS_ACCESS_KEY_ID='x', AWS_SECRET_ACCESS_KEY='x', AWS_DEFAULT_REGION='us-east-1')
        made = subprocess.run([os.path.join(bin_dir, 'python'), '-c', '''
import boto3, json, sys
iam = boto3.client("iam", endpoint_url=sys.argv[1])
iam.create_user(UserName="u")
iam.put_user_policy(UserName="u", PolicyName="p", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}))
k = iam.create_access_key(UserName="u")["AccessKey"]
for r in ("backup", "second"):
    iam.create_role(RoleName=r, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}))
    iam.put_role_policy(RoleName=r, PolicyName="p", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}))
print(k["AccessKeyId"], k["SecretAccessKey"])''', url], env=iam, capture_output=True, text=True, timeout=60)
        check('moto: a user', made.returncode == 0, made.stderr[-500:])
        access, secret = made.stdout.split()
        urllib.request.urlopen(urllib.request.Request(url + '/moto-api/reset-auth', b'0', {'Content-Type': 'text/plain'}), timeout=10).read()
        chain = ('[default]\nrole_arn = %s\nsource_profile = user\nrole_session_name = s-1\nexternal_id = abc\n[profile user]\n%s'
                 '[profile twice]\nrole_arn = arn:aws:iam::123456789012:role/second\nsource_profile = default\nduration_seconds = 1200\n')
        given = write('given', chain % (role, KEYS % (access, secret)))
        got, _ = ask(env, given)
        check('moto: assumed role, signature checked', got[0] == 'assumed role' and got[1].startswith('ASIA'), got)
        got, _ = ask(env, given, 'twice')
        check('moto: a role by a role', got[0] == 'assumed role' and 1000 < int(got[4]) - time.time() <= 1260, got)
        given = write('given', chain % (role, KEYS % (access, secret[::-1])))
        got, said = ask(env, given)
        check('moto: a wrong secret', got[0].startswith('error: no credentials: ') and 'SignatureDoesNotMatch' in got[0], got)
        check('moto: no secret is told', secret[::-1] not in got[0] + said, got)
        # environment's keys by credential_source
        given = write('given', '[default]\nrole_arn = %s\ncredential_source = Environment\n' % role)
        got, _ = ask(dict(env, AWS_ACCESS_KEY_ID=access, AWS_SECRET_ACCESS_KEY=secret), given)
        check('moto: credential_source', got[0] == 'assumed role', got)
        # the metadata service
        fresh({})
        imds = {'AWS_EC2_METADATA_DISABLED': None, 'AWS_EC2_METADATA_SERVICE_ENDPOINT': url + '/'}
        got, _ = ask(imds)
        check('moto: IMDSv2', got[0] == 'instance metadata' and got[1] and got[3], got)
    finally:
        p.terminate()
        p.wait()


# ---- our own
class Own(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    seen, n, life, broken, delay = [], 0, 3600, 0, 0
    token = 'one'

    def log_message(self, *args):
        pass

    def answer(self, status, body, headers=()):
        data = body.encode()
        self.send_response(status)
        self.send_header('Content-Length', str(len(data)))
        for k, v in headers:
            self.send_header(k, v)
        self.end_headers()
        self.wfile.write(data)

    def keys(self):
        Own.n += 1
        until = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(time.time() + Own.life))
        return {'AccessKeyId': 'K%d' % Own.n, 'SecretAccessKey': 'S%d' % Own.n, 'Token': 'T%d' % Own.n, 'Expiration': until}

    def handle_any(self):
        body = self.rfile.read(int(self.headers.get('Content-Length') or 0)).decode()
        Own.seen.append((self.command, self.path, dict(self.headers), body))
        time.sleep(Own.delay)
        if Own.broken:
            return self.answer(Own.broken, 'broken; you sent %s %s' % (self.headers.get('Authorization'), body))
        if self.path in ('/pod', '/v1/credentials', '/v2/credentials/1'):
            if self.headers.get('Authorization') != Own.token:
                return self.answer(401, json.dumps({'message': 'bad token %s' % self.headers.get('Authorization')}))
            return self.answer(200, json.dumps(self.keys()))
        if self.path == '/redirect':
            return self.answer(307, '', [('Location', '/pod')])
        if self.path == '/latest/api/token' and self.command == 'PUT' and self.headers.get('X-aws-ec2-metadata-token-ttl-seconds') == '21600':
            return self.answer(200, 'imds-token')
        if self.path.startswith('/latest/'):
            if self.headers.get('X-aws-ec2-metadata-token') != 'imds-token':
                return self.answer(401, '')
            if self.path == '/latest/meta-data/iam/security-credentials/':
                return self.answer(200, 'node-role')
            if self.path == '/latest/meta-data/iam/security-credentials/node-role':
                return self.answer(200, json.dumps(dict(self.keys(), Code='Success')))
        if self.path.startswith('/federation/credentials') and self.headers.get('x-amz-sso_bearer_token') == 'sso-token':
            k = self.keys()
            return self.answer(200, json.dumps({'roleCredentials': {'accessKeyId': k['AccessKeyId'], 'secretAccessKey': 'S', 'sessionToken': 'T',
                                                                    'expiration': int((time.time() + Own.life) * 1000)}}))
        if self.path == '/' and self.command == 'POST':
            form = dict(urllib.parse.parse_qsl(body))
            if form.get('WebIdentityToken') != Own.token:
                return self.answer(400, '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>InvalidIdentity'
                                        'Token</Code><Message>no such token %s</Message></Error></ErrorResponse>' % form.get('WebIdentityToken'))
            k = self.keys()
            return self.answer(200, '<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult>'
                                    '<Credentials><AccessKeyId>%(AccessKeyId)s</AccessKeyId><SecretAccessKey>%(SecretAccessKey)s</SecretAccessKey>'
                                    '<SessionToken>%(Token)s</SessionToken><Expiration>%(Expiration)s</Expiration></Credentials>'
                                    '</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>' % k)
        return self.answer(404, '')

    do_GET = do_PUT = do_POST = handle_any


def against_our_own():
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Own)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = 'http://127.0.0.1:%d' % server.server_port
    fresh({'token': 'one\n'})
    pod = {'AWS_CONTAINER_CREDENTIALS_FULL_URI': url + '/pod', 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE': home + '/token'}

    t = Talk(pod)
    check('pod identity', t.first[:4] == ['container', 'K1', 'S1', 'T1'], t.first)
    check('pod identity: get asks nobody', t.say('get')[1] == 'K1' and Own.n == 1)
    Own.token = 'two'
    write('token', 'two')
    check('pod identity: the token file is read again', t.say('refresh')[1] == 'K2')
    check('pod identity: nothing earlier than 5 minutes before the end', t.say('clock 3290')[1] == 'K2')
    Own.broken = 500
    check('pod identity: a renewal that fails goes on with the old', t.say('clock 15')[1] == 'K2')
    asked = len(Own.seen)
    check('pod identity: asked thrice', asked == 5, asked)
    check('pod identity: and not again at once', t.say('get')[1] == 'K2' and len(Own.seen) == asked)
    Own.broken = 0
    Own.life = 7200
    check('pod identity: renewed a minute later', t.say('clock 61')[1] == 'K3')
    Own.broken = 403
    over = t.say('clock 9000')[0]
    check('pod identity: over', over.startswith('error: the credentials are not renewed: ') and 'status 403' in over and 'two' not in over, over)
    Own.broken, Own.life = 0, 36000
    check('pod identity: and back', t.say('get')[1] == 'K4')
    n, Own.delay = Own.n, 0.3
    time.sleep(2.1)
    check('pod identity: eight threads', t.say('storm')[1] == 'K5' and Own.n == n + 1, Own.n)
    Own.delay = 0
    said = t.end()
    check('pod identity: one warning', said.count('3 the credentials are not renewed, those at hand hold for ') == 1 and 'two' not in said, said)

    Own.token, Own.life = 'three', 3600
    got, _ = ask(pod)
    check('pod identity: refused', got[0].startswith('error') and 'container: status 401' in got[0] and 'bad token ***' in got[0], got)
    Own.token = 'two'
    seen = len(Own.seen)
    got, _ = ask(dict(pod, AWS_CONTAINER_CREDENTIALS_FULL_URI=url + '/redirect'))
    check('pod identity: no redirects', got[0].startswith('error') and 'status 307' in got[0] and len(Own.seen) == seen + 1, got)
    got, _ = ask(dict(pod, http_proxy='http://127.0.0.1:1', HTTP_PROXY='http://127.0.0.1:1'))
    check('pod identity: no proxy', got[0] == 'container', got)
    theirs = botocore(pod)
    check('pod identity: botocore', theirs[0] == 'container-role', theirs)

    imds = {'AWS_EC2_METADATA_DISABLED': None, 'AWS_EC2_METADATA_SERVICE_ENDPOINT': url}
    got, _ = ask(imds)
    check('IMDSv2', got[0] == 'instance metadata' and got[1] == 'K%d' % Own.n, got)
    begun = time.time()
    with socket.socket() as s:  # takes connections and says nothing
        s.bind(('127.0.0.1', 0))
        s.listen()
        got, _ = ask(dict(imds, AWS_EC2_METADATA_SERVICE_ENDPOINT='http://127.0.0.1:%d' % s.getsockname()[1]))
    check('IMDSv2: silent', got[0].startswith('error') and 'no answer from' in got[0] and time.time() - begun < 5, got)

    web = {'AWS_ENDPOINT_URL_STS': url, 'AWS_WEB_IDENTITY_TOKEN_FILE': home + '/token', 'AWS_ROLE_ARN': 'arn:aws:iam::1:role/a b', 'AWS_ROLE_SESSION_NAME': 'se&s'}
    t = Talk(web)
    check('web identity', t.first[0] == 'web identity', t.first)
    method, path, headers, body = Own.seen[-1]
    form = urllib.parse.parse_qs(body)
    check('web identity: what is sent', form == {'Action': ['AssumeRoleWithWebIdentity'], 'Version': ['2011-06-15'], 'RoleArn': ['arn:aws:iam::1:role/a b'],
                                                 'RoleSessionName': ['se&s'], 'WebIdentityToken': ['two']}, body)
    check('web identity: unsigned', 'Authorization' not in headers, headers)
    Own.token = 'four'
    write('token', 'four\n')
    check('web identity: the token file is read again', t.say('refresh')[1] == 'K%d' % Own.n)
    Own.token = 'five'
    time.sleep(2.1)
    got = t.say('refresh')
    check('web identity: refused', 'answers 400 InvalidIdentityToken: no such token ***' in got[0] and 'four' not in got[0], got)
    t.end()
    got, _ = ask(web, write('given', '[default]\n' + KEYS % ('G', 'GS')))
    check('web identity: silent beside a given file', got[:2] == ['credentials file', 'G'], got)

    # botocore's signer judges a signed request; moto, which encodes the body anew, cannot where it holds a space
    fresh({})
    given = '[default]\nrole_arn = r\nsource_profile = u\nrole_session_name = s+=,.@-\nexternal_id = a/b c~\n[profile u]\naws_session_token = T/+=\n'
    ask({'AWS_ENDPOINT_URL_STS': url, 'AWS_REGION': 'eu-central-1'}, write('given', given + KEYS % ('A', 'S')))
    method, path, headers, body = Own.seen[-1]
    check('assumed role: what is sent', urllib.parse.parse_qs(body)['ExternalId'] == ['a/b c~'] and headers.get('X-Amz-Security-Token') == 'T/+=', body)
    said = subprocess.run([os.path.join(bin_dir, 'python'), '-c', '''
import json, sys
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
headers, body = json.load(sys.stdin)
names = headers["Authorization"].split("SignedHeaders=")[1].split(",")[0].split(";")
given = {k.lower(): v for k, v in headers.items()}
r = AWSRequest("POST", "http://" + given["host"] + "/", {n: given[n] for n in names}, body.encode())
r.context["timestamp"] = given["x-amz-date"]
a = SigV4Auth(Credentials("A", "S"), "sts", "eu-central-1")
print(",".join(names), a.signature(a.string_to_sign(r, a.canonical_request(r)), r))'''], input=json.dumps([headers, body]), capture_output=True, text=True,
                          timeout=60).stdout.split()
    check('assumed role: signed as botocore signs', said and said[0] == 'content-type,host,x-amz-date,x-amz-security-token'
          and headers['Authorization'].endswith('Signature=' + said[1]), [headers, said])

    fresh({CONF: '[default]\nsso_session = me\n' + SSO + '[sso-session me]\nsso_start_url = https://x\nsso_region = us-east-1\n',
           '.aws/sso/cache/b1c1d8736f20db3fb6c1c66bb1455ed43909f0d8.json': json.dumps({'accessToken': 'sso-token', 'expiresAt': '2099-01-01T00:00:00Z'})})
    got, _ = ask({'AWS_ENDPOINT_URL_SSO': url})
    check('sso', got[0] == 'sso' and got[1] == 'K%d' % Own.n, got)
    server.shutdown()


def at_their_addresses():
    """In a network of its own, where this machine is the services' addresses."""
    server = http.server.ThreadingHTTPServer(('', 80), Own)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    fresh({'token': 'one\n'})
    pod = {'AWS_CONTAINER_CREDENTIALS_FULL_URI': 'http://169.254.170.23/v1/credentials', 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE': home + '/token'}
    ecs = {'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI': '/v2/credentials/1', 'AWS_CONTAINER_AUTHORIZATION_TOKEN': 'one'}
    imds = {'AWS_EC2_METADATA_DISABLED': None}
    for name, env, source, host, path in (('EKS pod identity', pod, 'container', '169.254.170.23', '/v1/credentials'),
                                          ('ECS', ecs, 'container', '169.254.170.2', '/v2/credentials/1'),
                                          ('both', dict(ecs, **pod), 'container', '169.254.170.23', '/v1/credentials'),
                                          ('IMDSv2', imds, 'instance metadata', '169.254.169.254',
                                           '/latest/meta-data/iam/security-credentials/node-role')):
        got, _ = ask(env)
        asked = Own.seen[-1]
        check(name + ' at its address', got[0] == source and asked[1] == path and asked[2].get('Host') == host, [got, asked])
    # a role that only the machine can take, and one by its name
    for name, profile in (('EcsContainer', 'credential_source = EcsContainer\n'), ('Ec2InstanceMetadata', 'credential_source = Ec2InstanceMetadata\n'),
                          ('of itself', '')):
        given = write('given', '[default]\nrole_arn = r\n' + profile)
        ask(dict(ecs, AWS_EC2_METADATA_DISABLED=None, AWS_ENDPOINT_URL_STS='http://127.0.0.1'), given)
        before, last = Own.seen[-2], Own.seen[-1]
        check('a role, ' + name, last[0] == 'POST' and 'Action=AssumeRole&' in last[3] and
              before[1] == ('/v2/credentials/1' if name != 'Ec2InstanceMetadata' else '/latest/meta-data/iam/security-credentials/node-role'), before)
    server.shutdown()


if sys.argv[4:] == ['addresses']:
    at_their_addresses()
else:
    compare()
    against_moto()
    against_our_own()
for f in failures:
    print('FAIL ' + f)
print('%d checks, %d failed' % (checks, len(failures)))
sys.exit(1 if failures else 0)
