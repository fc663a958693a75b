"""net.py -- certificates, proxies and bad lines for the tests of plugins/s3.  SPDX-License-Identifier: Apache-2.0"""
from http.server import BaseHTTPRequestHandler
import http.client, os, socket, ssl, subprocess, threading, time
from harness import work
from store import Server, Store


def openssl(*words):
    subprocess.run(['openssl', *words], check=True, capture_output=True, cwd=work)


def certificate(name, days, *names, ended=False):
    """A key and a certificate that is its own authority, for names or addresses ("IP:127.0.0.1"); ended: it was good last year."""
    with making:
        return made(name, days, names, ended)


making = threading.Lock()


def made(name, days, names, ended):
    path = '%s/%s' % (work, name)
    if os.path.exists(path + '.crt'):
        return path
    request = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', path + '.key', '-subj', '/CN=' + name, '-addext',
               'subjectAltName=' + ','.join(names)]
    if not ended:
        openssl('req', '-x509', *request, '-out', path + '.crt', '-days', str(days))
        return path
    openssl('req', '-new', *request, '-out', path + '.csr')
    with open(path + '.cnf', 'w') as f:
        f.write('[ca]\ndefault_ca=a\n[a]\ndatabase=%s.db\nnew_certs_dir=%s\ndefault_md=sha256\npolicy=p\nrand_serial=yes\ncopy_extensions=copy\n[p]\ncommonName=supplied\n'
                % (path, work))
    open(path + '.db', 'w').close()
    openssl('ca', '-batch', '-selfsign', '-config', path + '.cnf', '-keyfile', path + '.key', '-in', path + '.csr', '-out', path + '.crt', '-notext', '-startdate',
            '20240101000000Z', '-enddate', '20241231000000Z')
    return path


def context_of(path, **limits):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path + '.crt', path + '.key')
    for name, value in limits.items():
        setattr(context, name, value)
    return context


def tls_store(path, **limits):
    return Store(context_of(path, **limits))


class Proxying(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *args):
        pass

    def say(self, status, body=b'', headers=()):
        self.send_response(status)
        if not any(name == 'Content-Length' for name, _ in headers):
            self.send_header('Content-Length', str(len(body)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def enter(self, target):
        """The port behind target; None: it was answered."""
        proxy = self.server
        proxy.seen.append('%s %s' % (self.command, target))
        proxy.headers.append({k.lower(): v for k, v in self.headers.items()})
        if proxy.resets:
            self.close_connection = True
            self.connection.shutdown(2)
        elif proxy.wants and self.headers.get('Proxy-Authorization') != proxy.wants:
            self.say(407, headers=[('Proxy-Authenticate', 'Basic realm="x"')])
        elif not proxy.ports.get(target):
            self.say(502)
        else:
            return proxy.ports[target]

    def do_CONNECT(self):
        port = self.enter(self.path)
        if not port:
            return
        self.send_response(200)
        self.end_headers()
        self.close_connection = True
        far = socket.create_connection(('127.0.0.1', port))
        back = threading.Thread(target=carry, args=(far, self.connection), daemon=True)
        back.start()
        carry(self.connection, far)
        back.join()

    def pass_on(self):
        host, _, path = self.path.partition('://')[2].partition('/')
        body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
        port = self.enter(host if ':' in host else host + ':80')
        if port:
            far = http.client.HTTPConnection('127.0.0.1', port)
            far.request(self.command, '/' + path, body or None, dict(self.headers))
            answer = far.getresponse()
            data = answer.read()
            self.say(answer.status, data, answer.getheaders())

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = pass_on


def Proxy(ports):
    """ports: {"host:port": port here}. seen: what was asked for; resets: connections end; wants: this Proxy-Authorization or 407."""
    proxy = Server(('127.0.0.1', 0), Proxying)
    proxy.ports, proxy.seen, proxy.headers, proxy.resets, proxy.wants = ports, [], [], False, None
    proxy.url = 'http://127.0.0.1:%d' % proxy.server_port
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    return proxy


def carry(one, other, left=1 << 60, piece=1 << 20, delay=lambda: 0):
    try:
        while left > 0:
            data = one.recv(min(piece, left))
            if not data:
                break
            left -= len(data)
            time.sleep(delay())
            other.sendall(data)
    except OSError:
        pass
    for s in (one, other):
        try:
            s.shutdown(2)
        except OSError:
            pass


class Line:
    """A relay before the store: at most `piece` bytes at a time, each after delay() seconds; a connection ends after so many bytes of the store's."""

    def __init__(self, store, piece=1 << 20, delay=lambda: 0, ends=lambda: 1 << 60):
        self.port, self.piece, self.delay, self.ends = store.port, piece, delay, ends
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.url = 'http://127.0.0.1:%d' % self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client = self.listener.accept()[0]
            except OSError:
                return
            store = socket.create_connection(('127.0.0.1', self.port))
            threading.Thread(target=carry, args=(client, store, 1 << 60, self.piece, self.delay), daemon=True).start()
            threading.Thread(target=carry, args=(store, client, self.ends(), self.piece, self.delay), daemon=True).start()
