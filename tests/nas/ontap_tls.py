"""ontap_tls.py -- the emulator of ONTAP (ontap.py) behind TLS: Basic and client certificates of a throw-away CA.  SPDX-License-Identifier: Apache-2.0"""
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import base64, json, shutil, ssl, subprocess, threading
from ontap import Lost


def certificates(directory):
    """A throw-away CA, a server's certificate of 127.0.0.1 and a client's one of CN pintle. False: there is no openssl."""
    if not shutil.which('openssl'):
        return False
    run = lambda *a: subprocess.run(['openssl', *a], cwd=directory, check=True, capture_output=True)
    new = ['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
    for ca in ('ca', 'other'):
        run(*new, '-x509', '-days', '2', '-subj', '/CN=%s of a test' % ca, '-keyout', ca + '.key', '-out', ca + '.pem',
            '-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign')
    for name, subject, ca in (('server', 'ontap', 'ca'), ('client', 'pintle', 'ca'), ('stranger', 'pintle', 'other'), ('nobody', 'nobody', 'ca')):
        run(*new, '-subj', '/CN=' + subject, '-keyout', name + '.key', '-out', name + '.csr')
        with open(directory + '/ext', 'w') as f:
            f.write('subjectAltName=IP:127.0.0.1\n' if name == 'server' else 'extendedKeyUsage=clientAuth\n')
        run('x509', '-req', '-days', '2', '-in', name + '.csr', '-CA', ca + '.pem', '-CAkey', ca + '.key', '-CAcreateserial', '-extfile', 'ext', '-out', name + '.pem')
    return True


class Server:
    """Serves it at https://127.0.0.1:port with the certificates of a directory."""

    def __init__(self, ontap, directory):
        class Handler(BaseHTTPRequestHandler):
            protocol_version, timeout = 'HTTP/1.1', 60

            def who(self):
                peer = self.connection.getpeercert() or {}
                for part in peer.get('subject', ()):
                    if dict(part).get('commonName') == 'pintle':
                        return 'pintle'
                word, _, code = self.headers.get('Authorization', '').partition(' ')
                try:
                    return ontap.user if word == 'Basic' and base64.b64decode(code, validate=True).decode() == '%s:%s' % (ontap.user, ontap.password) else None
                except ValueError:
                    return None

            def any(self):
                data = self.rfile.read(int(self.headers.get('Content-Length') or 0))
                try:
                    body = json.loads(data) if data else {}
                    if self.command in ('POST', 'PATCH') and 'json' not in self.headers.get('Content-Type', ''):
                        raise ValueError('no JSON')
                    status, answer, headers = ontap.entry(self, self.command, self.path, body, self.who())
                except ValueError as e:
                    status, answer, headers = 400, {'error': {'message': str(e), 'code': '262151'}}, {}
                    ontap.wrong.append((self.command, self.path, str(e)))
                except Lost:
                    self.close_connection = True
                    self.connection.close()
                    return
                text = json.dumps(answer).encode() if not isinstance(answer, bytes) else answer
                self.send_response(status)
                for k, v in {'Content-Type': 'application/hal+json', 'Content-Length': str(len(text)), **headers}.items():
                    self.send_header(k, v)
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = do_PATCH = do_DELETE = any

            def log_message(self, *a):
                pass

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, address):
                pass

            def finish_request(self, request, address):
                request.settimeout(30)
                with context.wrap_socket(request, server_side=True) as tls:  # in the request's own thread
                    self.RequestHandlerClass(tls, address, self)

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(directory + '/server.pem', directory + '/server.key')
        context.load_verify_locations(directory + '/ca.pem')
        context.verify_mode = ssl.CERT_OPTIONAL
        self.http = Quiet(('127.0.0.1', 0), Handler)
        self.port = self.http.server_address[1]
        self.url = 'https://127.0.0.1:%d' % self.port
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def close(self):
        self.http.shutdown()
        self.http.server_close()
