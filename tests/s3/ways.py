"""ways.py TOOL [TEST...] -- plugins/s3: certificates and proxies: N6, N7.  SPDX-License-Identifier: Apache-2.0"""
import os, ssl, subprocess
from harness import *


def certificate(name, days, *more):
    """A key and a certificate of its own authority, for names or addresses."""
    path = '%s/%s' % (work, name)
    if not os.path.exists(path + '.crt'):
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', path + '.key', '-out',
                        path + '.crt', '-subj', '/CN=' + name, '-days', str(days), '-addext', 'subjectAltName=' + ','.join(more)], check=True, capture_output=True)
    return path


def tls_store(path, **limits):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path + '.crt', path + '.key')
    for name, value in limits.items():
        setattr(context, name, value)
    return Store(context)


@test
def certificates(s):
    good = certificate('good', 2, 'IP:127.0.0.1')
    pem = open(good + '.crt').read()
    cases = [(good, {'caCert': pem}, OK), (good, {}, FAILED), (good, {'insecureSkipTLSVerify': True}, OK),
             (certificate('other', 2, 'IP:127.0.0.2'), {'caCert': open(certificate('other', 2, 'IP:127.0.0.2') + '.crt').read()}, FAILED)]
    for path, config, want in cases:
        store = tls_store(path)
        t = Tool(store, maxRetries=1, **config)
        st, text = t.put('k', b'data')
        same(st, want)
        if want == OK:
            same(t.get('k'), (OK, b'data'))
        else:
            assert 'certificate' in text, text
            same(store.seen, [])
        same('insecureSkipTLSVerify' in t.logged(), 'insecureSkipTLSVerify' in config)
        t.close()
        same(store.wrong, [])
        store.close()
    store = tls_store(good, minimum_version=ssl.TLSVersion.TLSv1, maximum_version=ssl.TLSVersion.TLSv1_1)
    t = Tool(store, maxRetries=0, caCert=pem)
    assert t.put('k', b'data')[0] in (FAILED, TRANSIENT)
    same(store.seen, [])
    t.close()
    store.close()


@test
def proxies(s):
    proxied = []
    s.hook = lambda r: proxied.append(r.proxied) or (r.answer(407) or True if s.refuse else False)
    s.refuse = False
    far = {'s3Url': 'http://s3.far.example:9000'}
    t = Tool(s, proxy=s.url, **far)
    same(t.put('k', b'data'), (OK, ''))
    same(t.get('k'), (OK, b'data'))
    same(set(proxied), {True})
    s.refuse = True
    st, text = t.get('k')
    assert st == FAILED and '407' in text, (st, text)
    s.refuse = False
    t.close()
    for name in ('HTTP_PROXY', 'http_proxy'):
        t = Tool(s, {name: s.url}, **far)
        same(t.get('k'), (OK, b'data'))
        t.close()
    del proxied[:]
    t = Tool(s, {'HTTP_PROXY': 'http://127.0.0.1:1', 'NO_PROXY': 'example.com,127.0.0.1'})
    same(t.get('k'), (OK, b'data'))
    same(set(proxied), {False})
    t.close()
    t = Tool(s, maxRetries=0, proxy='http://127.0.0.1:1', **far)
    same(t.get('k')[0], TRANSIENT)
    t.close()


if __name__ == '__main__':
    main()
