"""ways.py TOOL [TEST...] -- plugins/s3: certificates (N6) and proxies (N7).  SPDX-License-Identifier: Apache-2.0"""
import ssl
from harness import *
from net import Proxy, certificate, context_of, tls_store


# ---- N6
def refused(store, word, **config):
    """The store is not trusted: nothing is sent, and nothing is repeated."""
    t = Tool(store, **config)
    st, text = t.put('k', b'data')
    assert st == FAILED and word in text, (st, text)
    t.close()
    same(store.seen, [])
    store.close()


@test
def n6_own_authority(s):
    good = certificate('good', 2, 'IP:127.0.0.1', 'DNS:localhost')
    pem = open(good + '.crt').read()
    other = open(certificate('other', 2, 'IP:127.0.0.1') + '.crt').read()
    for config, environment in (({'caCert': pem}, {}), ({'caCert': other + pem}, {}), ({}, {'AWS_CA_BUNDLE': good + '.crt'}), ({'insecureSkipTLSVerify': True}, {})):
        store = tls_store(good)
        t = Tool(store, environment, **config)
        same(t.put('k', b'data'), (OK, ''))
        same(t.get('k'), (OK, b'data'))
        same(t.logged().count("WARN insecureSkipTLSVerify: the store's certificate is not checked"), int('insecureSkipTLSVerify' in config))
        t.close()
        same(store.wrong, [])
        store.close()


@test
def n6_unknown_authority(s):
    good = certificate('good', 2, 'IP:127.0.0.1', 'DNS:localhost')
    refused(tls_store(good), 'certificate')
    refused(tls_store(good), 'certificate', caCert=open(certificate('other', 2, 'IP:127.0.0.1') + '.crt').read())


@test
def n6_wrong_host(s):
    path = certificate('elsewhere', 2, 'IP:127.0.0.2', 'DNS:example.com')
    refused(tls_store(path), '127.0.0.1', caCert=open(path + '.crt').read())


@test
def n6_expired(s):
    path = certificate('ended', 0, 'IP:127.0.0.1', ended=True)
    refused(tls_store(path), 'expired', caCert=open(path + '.crt').read())


@test
def n6_downgrade(s):
    """TLS 1.2 is the least."""
    good = certificate('good', 2, 'IP:127.0.0.1', 'DNS:localhost')
    pem = open(good + '.crt').read()
    lax = work + '/lax.cnf'  # a machine whose OpenSSL would take anything
    with open(lax, 'w') as f:
        f.write('openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\nMinProtocol = TLSv1\nCipherString = ALL:@SECLEVEL=0\n')
    for most, want in ((ssl.TLSVersion.TLSv1_1, False), (ssl.TLSVersion.TLSv1_2, True), (ssl.TLSVersion.TLSv1_3, True)):
        context = context_of(good)
        context.set_ciphers('ALL:@SECLEVEL=0')
        context.minimum_version = min(most, ssl.TLSVersion.TLSv1_2)
        context.maximum_version = most
        store = Store(context)
        t = Tool(store, {'OPENSSL_CONF': lax}, maxRetries=0, caCert=pem)
        st, text = t.put('k', b'data')
        assert (st == OK) == want and (want or not store.seen), (most, st, text)
        t.close()
        store.close()


@test
def n6_http_or_https(s):
    """The wrong one of both is suspected."""
    good = certificate('good', 2, 'IP:127.0.0.1', 'DNS:localhost')
    store = tls_store(good)
    for url, hint in ((s.url.replace('http', 'https'), 's3Url may have to begin with http://'), (store.url.replace('https', 'http'), 's3Url may have to begin with https://')):
        t = Tool(s, s3Url=url, maxRetries=0)
        same(t.get('k')[0], TRANSIENT)
        assert hint in t.logged(), t.logged()
        t.close()
    store.close()


@test
def n6_client_certificate(s):
    """A store that wants one: we have none."""
    good = certificate('good', 2, 'IP:127.0.0.1', 'DNS:localhost')
    context = context_of(good, verify_mode=ssl.CERT_REQUIRED)
    context.load_verify_locations(good + '.crt')
    context.maximum_version = ssl.TLSVersion.TLSv1_2  # its refusal is part of the handshake; of 1.3 it may come after our request, as anything
    store = Store(context)
    t = Tool(store, maxRetries=0, caCert=open(good + '.crt').read())
    st, text = t.put('k', b'data')
    assert st in (FAILED, TRANSIENT) and 'handshake failure' in text, (st, text)
    same(store.seen, [])
    t.close()
    store.close()


@test
def n6_redirect_to_http(s):
    good = certificate('good', 2, 'IP:127.0.0.1', 'DNS:localhost')
    store = tls_store(good)
    store.hook = lambda r: r.error(307, 'TemporaryRedirect', headers=[('Location', s.url + r.path)]) or True
    t = Tool(store, caCert=open(good + '.crt').read())
    st, text = t.get('k')
    assert st == FAILED and 'a redirect to 127.0.0.1' in text and 'is not followed' in text, (st, text)
    same(s.seen, [])
    t.close()
    store.close()


# ---- N7
@test
def n7_http_proxy(s):
    proxy = Proxy({'s3.far.example:9000': s.port})
    far = {'s3Url': 'http://s3.far.example:9000'}
    for config, environment in (({'proxy': proxy.url}, {}), ({}, {'HTTP_PROXY': proxy.url}), ({}, {'http_proxy': proxy.url}),
                                ({'proxy': proxy.url}, {'HTTP_PROXY': 'http://127.0.0.1:1'})):
        t = Tool(s, environment, **config, **far)
        same(t.put('k', b'data'), (OK, ''))
        same(t.get('k'), (OK, b'data'))
        t.close()
    same(set(proxy.seen), {'%s s3.far.example:9000' % m for m in ('PUT', 'HEAD', 'GET')})


@test
def n7_no_proxy(s):
    s.objects['k'] = (b'data', 'e')
    nowhere = 'http://127.0.0.1:1'
    for names, config in (('example.com,127.0.0.1', {}), ('*', {}), ('127.0.0.1', {'proxy': nowhere}), ('localhost', {'s3Url': 'http://localhost:%d' % s.port})):
        for name in ('NO_PROXY', 'no_proxy'):
            t = Tool(s, {'HTTP_PROXY': nowhere, name: names}, **config)
            same(t.get('k'), (OK, b'data'))
            t.close()
    t = Tool(s, {'HTTP_PROXY': nowhere, 'NO_PROXY': 'example.com,127.0.0.10'}, maxRetries=0)
    same(t.get('k')[0], TRANSIENT)
    t.close()


def far_store(names=('DNS:s3.far.example',)):
    path = certificate('far', 2, *names)
    store = tls_store(path)
    return store, Proxy({'s3.far.example:443': store.port}), {'s3Url': 'https://s3.far.example', 'caCert': open(path + '.crt').read()}


@test
def n7_tunnel(s):
    """By CONNECT: what is between us and the store the proxy does not see."""
    store, proxy, far = far_store()
    for environment, config in (({}, {'proxy': proxy.url}), ({'HTTPS_PROXY': proxy.url}, {}), ({'https_proxy': proxy.url}, {})):
        t = Tool(store, environment, **{**far, **config})
        same(t.put('k', b'data'), (OK, ''))
        same(t.get('k'), (OK, b'data'))
        t.close()
    same(set(proxy.seen), {'CONNECT s3.far.example:443'})
    same({n for h in proxy.headers for n in h}, {'host', 'user-agent', 'proxy-connection'})
    same(store.wrong, [])
    # a proxy that wants to know who we are; the password is not told
    proxy.wants = 'Basic dXNlcjpwcm94eS1wYXNz'
    secret = ['proxy-pass', 'cHJveHktcGFzcw', 'dXNlcjpwcm94eS1wYXNz']
    t = Tool(store, secrets=secret, **{**far, 'proxy': proxy.url.replace('//', '//user:proxy-pass@')})
    same(t.get('k'), (OK, b'data'))
    store.close()
    t.close()
    t = Tool(store, secrets=secret, maxRetries=0, **{**far, 'proxy': 'http://user:proxy-pass@no-such-host.invalid:1'})
    same(t.get('k')[0], TRANSIENT)
    t.close()


@test
def n7_proxy_407(s):
    """Who has to say who he is, and does not, will not be let through later either."""
    proxy = Proxy({'s3.far.example:9000': s.port})
    store, tunnel, far = far_store()
    for p, config in ((proxy, {'s3Url': 'http://s3.far.example:9000'}), (tunnel, far)):
        p.wants = 'Basic x'
        t = Tool(s, **{**config, 'proxy': p.url})
        st, text = t.get('k')
        assert st == FAILED and '407' in text, (st, text)
        same(len(p.seen), 1)
        t.close()
    same((s.seen, store.seen), ([], []))
    store.close()


@test
def n7_proxy_is_named(s):
    """Who does not answer may be the proxy: it is named, without its password."""
    for config, environment, how in (({'proxy': 'http://user:proxy-pass@127.0.0.1:1/'}, {}, '(proxy)'), ({'proxy': 'socks5://127.0.0.1:1'}, {}, '(proxy)'),
                                     ({}, {'HTTP_PROXY': 'http://127.0.0.1:1'}, '(of the environment)'),
                                     ({}, {'all_proxy': '127.0.0.1:1', 'NO_PROXY': 'elsewhere'}, '(of the environment), unless NO_PROXY has the store')):
        t = Tool(s, environment, ['proxy-pass'], maxRetries=0, **config)
        same(t.get('k')[0], TRANSIENT)
        assert 'HINT 127.0.0.1:1 is the proxy on the way to the store %s\n' % how in t.logged(), t.logged()
        t.close()
    t = Tool(s, maxRetries=0, s3Url='http://127.0.0.1:1')
    same(t.get('k')[0], TRANSIENT)
    assert 'HINT' not in t.logged()
    t.close()
    same(s.seen, [])


@test
def n7_connect_reset(s):
    """A proxy that ends the connection is asked again; a tunnel to nowhere, too."""
    store, proxy, far = far_store()
    store.objects['k'] = (b'data', 'e')
    proxy.resets = True
    t = Tool(s, **{**far, 'proxy': proxy.url})
    same(t.get('k')[0], TRANSIENT)
    same(proxy.seen, ['CONNECT s3.far.example:443'] * 4)
    proxy.resets = False
    same(t.get('k'), (OK, b'data'))
    t.close()
    del proxy.seen[:]
    proxy.ports.clear()
    t = Tool(s, **{**far, 'proxy': proxy.url})
    st, text = t.get('k')
    assert st == TRANSIENT and '502' in text and len(proxy.seen) == 4, (st, text, proxy.seen)
    t.close()
    store.close()


if __name__ == '__main__':
    main()
