"""who.py TOOL [TEST...] -- plugins/s3: credentials that end: N4.  SPDX-License-Identifier: Apache-2.0"""
from http.server import BaseHTTPRequestHandler
import os, threading, urllib.parse
from harness import *
from net import Proxy, certificate, context_of
from store import Server


NO_KEYS = {'AWS_ACCESS_KEY_ID': '', 'AWS_SECRET_ACCESS_KEY': ''}


class TokenService(BaseHTTPRequestHandler):
    """AssumeRoleWithWebIdentity: the store's keys, with session token NAME-n for the n-th request; refuses all web identities but one."""
    protocol_version = 'HTTP/1.1'

    def log_message(self, *args):
        pass

    def do_POST(self):
        form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers['Content-Length'])).decode()))
        self.server.seen.append((self.path, form.get('WebIdentityToken')))
        good = form.get('WebIdentityToken') == self.server.identity
        body = ('<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>%s</AccessKeyId><SecretAccessKey>%s</Secret'
                'AccessKey><SessionToken>session-%d</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentity'
                'Result></AssumeRoleWithWebIdentityResponse>' % (ACCESS, SECRET, len(self.server.seen)) if good else
                '<ErrorResponse><Error><Code>ExpiredTokenException</Code><Message>not %s</Message></Error></ErrorResponse>' % form.get('WebIdentityToken')).encode()
        self.send_response(200 if good else 400)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def token_service(tls=None):
    server = Server(('127.0.0.1', 0), TokenService)
    server.seen, server.identity = [], 'identity-1'
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.url = '%s://127.0.0.1:%d' % ('https' if tls else 'http', server.server_port)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def identity(name, service_url, text='identity-1'):
    """A token file and the environment that leads to it."""
    with open(work + '/' + name, 'w') as f:
        f.write(text)
    return {**NO_KEYS, 'AWS_WEB_IDENTITY_TOKEN_FILE': work + '/' + name, 'AWS_ROLE_ARN': 'arn:aws:iam::1:role/r', 'AWS_ENDPOINT_URL_STS': service_url}


SESSIONS = ['identity-1', 'identity-2', 'session-1', 'session-2']


@test
def n4_token_file_rotated_in_mid_upload(s):
    """While the fourth part is sent the file has a new token, the service takes only that, and the store wants what it gives for it."""
    service = token_service()
    environment = identity('rotated', service.url)
    parts = set()

    def hook(r):
        parts.add(r.query.get('partNumber'))
        if len(parts) > 4 and r.headers['x-amz-security-token'] == 'session-1':
            if service.identity == 'identity-1':
                identity('rotated', service.url, 'identity-2')
                service.identity = 'identity-2'
            r.error(400, 'ExpiredToken')
            return True
    s.hook = hook
    t = Tool(s, environment, SESSIONS, partSize=5 * MIB)
    same(t.put('k', bytes_of(31 * MIB)), (OK, ''))
    assert s.objects['k'][0] == bytes_of(31 * MIB)
    same(service.seen, [('/', 'identity-1'), ('/', 'identity-2')])
    same({h['x-amz-security-token'] for m, p, h in s.seen}, {'session-1', 'session-2'})
    # and one that nobody takes: the upload fails, nothing is left, and nobody is asked again and again
    service.identity = 'identity-3'
    s.hook = lambda r: r.query.get('partNumber') == '2' and (r.error(400, 'ExpiredToken') or True)
    st, text = t.put('k2', bytes_of(31 * MIB))
    assert st not in (OK, TRANSIENT) and 'identity-' not in text, (st, text)
    assert 'k2' not in s.objects and len(service.seen) < 6, service.seen
    same(s.uploads, {})
    t.close()
    service.shutdown()


@test
def n4_token_expires_before_a_head(s):
    """400, and no body that says why."""
    service = token_service()
    s.objects['k'] = (b'data', 'e')
    s.hook = lambda r: r.headers['x-amz-security-token'] == 'session-1' and (r.error(400, 'ExpiredToken') or True)
    t = Tool(s, identity('before', service.url), SESSIONS)
    same(t.simple('exists', 'k'), (OK, '1'))
    same(len(service.seen), 2)
    t.close()
    s.hook = lambda r: r.error(400, 'InvalidArgument') or True  # for another reason: one new token, no more
    t = Tool(s, identity('before', service.url), SESSIONS)
    del s.seen[:]
    same(t.simple('exists', 'k')[0], FAILED)
    same(([m for m, p, h in s.seen], len(service.seen)), (['HEAD', 'HEAD', 'GET'], 4))  # the GET asks why
    t.close()
    service.shutdown()


@test
def token_service_by_tls(s):
    """caCert, AWS_CA_BUNDLE and insecureSkipTLSVerify hold for a token service of one's own; without them it gets no token."""
    path = certificate('sts', 2, 'IP:127.0.0.1')
    for config, environment, want in (({'caCert': open(path + '.crt').read()}, {}, OK), ({}, {'AWS_CA_BUNDLE': path + '.crt'}, OK), ({'insecureSkipTLSVerify': True}, {}, OK),
                                      ({}, {}, None)):
        service = token_service(context_of(path))
        t = Tool(s, {**identity('tls', service.url), **environment}, SESSIONS, **config)
        st, text = t.simple('exists', 'k')
        if want == OK:
            same((st, text, service.seen), (OK, '0', [('/', 'identity-1')]))
        else:
            assert st != OK and 'certificate' in text and not service.seen, (st, text, service.seen)
        t.close()
        service.shutdown()


@test
def token_service_by_a_proxy(s):
    """By `proxy` and by HTTPS_PROXY; NO_PROXY leaves it out."""
    service = token_service()
    far = identity('far', 'http://sts.far.example')
    proxy = Proxy({'sts.far.example:80': service.server_port, 's3.far.example:80': s.port})
    for config, environment in (({'proxy': proxy.url}, {}), ({}, {'http_proxy': proxy.url})):
        t = Tool(s, {**far, **environment}, SESSIONS, **{**config, 's3Url': 'http://s3.far.example'})
        same(t.simple('exists', 'k'), (OK, '0'))
        t.close()
    same(proxy.seen, ['POST sts.far.example:80', 'HEAD s3.far.example:80'] * 2)
    same(len(service.seen), 2)
    del proxy.seen[:]
    t = Tool(s, {**identity('near', service.url), 'http_proxy': 'http://127.0.0.1:1', 'no_proxy': '127.0.0.1'}, SESSIONS)
    same(t.simple('exists', 'k'), (OK, '0'))
    t.close()
    path = certificate('sts-far', 2, 'DNS:sts.far.example')
    service = token_service(context_of(path))
    proxy = Proxy({'sts.far.example:443': service.server_port})
    t = Tool(s, {**identity('far', 'https://sts.far.example'), 'HTTPS_PROXY': proxy.url}, SESSIONS, caCert=open(path + '.crt').read())
    same(t.simple('exists', 'k'), (OK, '0'))
    same((proxy.seen, len(service.seen)), (['CONNECT sts.far.example:443'], 1))
    t.close()


@test
def n4_token_expires_in_mid_upload(s):
    """After three parts the store wants other credentials; the program that gives them is asked again."""
    program = work + '/who'
    with open(program, 'w') as f:
        f.write('#!/bin/sh\necho x >>%s/asked\nn=$(wc -l <%s/asked)\necho "{\\"Version\\":1,\\"AccessKeyId\\":\\"%s\\",\\"SecretAccessKey\\":\\"%s\\",'
                '\\"SessionToken\\":\\"token-$n\\",\\"Expiration\\":\\"2099-01-01T00:00:00Z\\"}"\n' % (work, work, ACCESS, SECRET))
    os.chmod(program, 0o755)
    with open(work + '/profiles', 'w') as f:
        f.write('[default]\ncredential_process = %s\n' % program)
    parts = set()

    def hook(r):
        if 'partNumber' in r.query:
            parts.add(r.query['partNumber'])
        if len(parts) > 3 and r.headers['x-amz-security-token'] == 'token-1':
            r.error(400, 'ExpiredToken')
            return True
    s.hook = hook
    t = Tool(s, NO_KEYS, ['token-1', 'token-2'], partSize=5 * MIB, credentialsFile=work + '/profiles')
    same(t.put('k', bytes_of(31 * MIB)), (OK, ''))
    assert s.objects['k'][0] == bytes_of(31 * MIB)
    assert {h['x-amz-security-token'] for m, p, h in s.seen} > {'token-1'}
    same(s.seen[-1][2]['x-amz-security-token'] == 'token-1', False)
    t.close()


if __name__ == '__main__':
    main()
