"""store.py -- an S3 store in memory that checks every signature and misbehaves when told to.  SPDX-License-Identifier: Apache-2.0

Written for the tests of plugins/s3 alone. `Store.hook(request)` may answer in its place; `Store.seen` has every request that came."""
import base64, calendar, hashlib, hmac, re, threading, time, urllib.parse, uuid, zlib
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.sax.saxutils import escape

ACCESS, SECRET = 'AKIAHOSTILE', 'hostile/secret+key'


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        pass


def hmac256(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


class Store:
    def __init__(self, tls=None):
        self.objects, self.uploads, self.seen, self.wrong = {}, {}, [], []
        self.hook = lambda request: False
        self.clock = 0                 # seconds that this store's clock is ahead
        self.page = 1000
        self.etag = lambda data: hashlib.md5(data).hexdigest()
        self.keep = lambda data: data  # what is stored of what was sent
        self.if_none_match = True
        self.least = 5 << 20           # bytes of a part that is not the last
        self.closed = False
        self.lock = threading.Lock()
        store = self

        class Handler(Request):
            pass
        Handler.store = store
        self.server = Server(('127.0.0.1', 0), Handler)
        if tls:  # an ssl.SSLContext
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self.server.server_port
        self.url = '%s://127.0.0.1:%d' % ('https' if tls else 'http', self.port)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        if not self.closed:
            self.closed = True
            self.server.shutdown()
            self.server.server_close()

    def methods(self):
        return [m for m, _, _ in self.seen]


class Request(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    disable_nagle_algorithm = True
    store = None

    def log_message(self, *args):
        pass

    def date_time_string(self, timestamp=None):
        return formatdate(time.time() + self.store.clock, usegmt=True)

    # ---- answers
    def answer(self, status, body=b'', headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if not any(n.lower() == 'content-length' for n, _ in headers):
            self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(body)

    def error(self, status, code, more='', headers=()):
        self.answer(status, ('<?xml version="1.0"?><Error><Code>%s</Code><Message>a message</Message>%s</Error>' % (code, more)).encode(),
                    [('Content-Type', 'application/xml'), *headers])

    def drop(self):
        self.close_connection = True
        self.connection.shutdown(2)

    # ---- what came
    def read(self):
        self.body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
        self.proxied = self.path.startswith('http://')
        if self.proxied:
            self.path = '/' + self.path[7:].partition('/')[2]
        raw, _, query = self.path.partition('?')
        self.raw = raw
        self.query = dict(urllib.parse.parse_qsl(query, keep_blank_values=True, encoding='utf-8'))
        self.raw_query = query
        self.bucket, _, key = raw[1:].partition('/')
        self.key = urllib.parse.unquote(key)
        with self.store.lock:
            self.store.seen.append((self.command, self.path, dict((k.lower(), v) for k, v in self.headers.items())))
        self.rules()

    def complain(self, what):
        self.store.wrong.append('%s %s: %s' % (self.command, self.path, what))

    def rules(self):
        """What no request may break, whatever becomes of it."""
        h = {k.lower(): v.strip() for k, v in self.headers.items()}
        if 'transfer-encoding' in h or 'chunked' in h.get('content-encoding', ''):
            self.complain('chunked')
        for name in ('x-amz-trailer', 'x-amz-sdk-checksum-algorithm', 'expect', 'x-amz-decoded-content-length'):
            if name in h:
                self.complain(name)
        if self.command in ('PUT', 'POST') and 'content-length' not in h:
            self.complain('no Content-Length')
        if not re.fullmatch('[0-9a-f]{64}', h.get('x-amz-content-sha256', '')) and 'X-Amz-Signature' not in self.query:
            self.complain('no x-amz-content-sha256')

    def check(self):
        """Body and signature: None, or the error's code."""
        h = {k.lower(): v.strip() for k, v in self.headers.items()}
        if 'X-Amz-Signature' not in self.query and h.get('x-amz-content-sha256') != hashlib.sha256(self.body).hexdigest():
            self.complain('wrong x-amz-content-sha256')
        if 'content-md5' in h and base64.b64decode(h['content-md5']) != hashlib.md5(self.body).digest():
            self.complain('wrong Content-MD5')
        if 'x-amz-checksum-crc32' in h and base64.b64decode(h['x-amz-checksum-crc32']) != zlib.crc32(self.body).to_bytes(4, 'big'):
            self.complain('wrong CRC32')
        if 'X-Amz-Signature' in self.query:
            return self.check_presigned(h)
        m = re.fullmatch(r'AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/s3/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})',
                         h.get('authorization', ''))
        if not m:
            return 'AccessDenied'
        access, day, region, names, signature = m.groups()
        at = time.strptime(h['x-amz-date'], '%Y%m%dT%H%M%SZ')
        if abs(calendar.timegm(at) - time.time() - self.store.clock) > 900:
            return 'RequestTimeTooSkewed'
        for name in h:
            if name.startswith('x-amz-') and name not in names.split(';'):
                self.complain(name + ' is not signed')
        if access != ACCESS or self.signature(h, day, region, h['x-amz-date'], names, h['x-amz-content-sha256'], self.raw_query) != signature:
            self.complain('wrong signature')
            return 'SignatureDoesNotMatch'
        return None

    def signature(self, h, day, region, date, names, payload, query):
        pairs = sorted((p.partition('=')[0], p.partition('=')[2]) for p in query.split('&')) if query else []
        canonical = '\n'.join([self.command, self.raw, '&'.join(a + '=' + b for a, b in pairs),
                               ''.join('%s:%s\n' % (n, re.sub(' +', ' ', h.get(n, ''))) for n in names.split(';')), names, payload])
        key = ('AWS4' + SECRET).encode()
        for part in (day, region, 's3', 'aws4_request'):
            key = hmac256(key, part)
        return hmac256(key, '\n'.join(['AWS4-HMAC-SHA256', date, '%s/%s/s3/aws4_request' % (day, region),
                                       hashlib.sha256(canonical.encode()).hexdigest()])).hex()

    def check_presigned(self, h):
        q = self.query
        access, day, region, _, _ = q['X-Amz-Credential'].split('/')
        rest = '&'.join(p for p in self.raw_query.split('&') if not p.startswith('X-Amz-Signature='))
        right = self.signature(h, day, region, q['X-Amz-Date'], q['X-Amz-SignedHeaders'], 'UNSIGNED-PAYLOAD', rest)
        return None if access == ACCESS and right == q['X-Amz-Signature'] else 'SignatureDoesNotMatch'

    def serve(self):
        self.read()
        if len(self.body) < int(self.headers.get('Content-Length') or 0):  # the client gave up
            self.close_connection = True
            return
        if self.store.hook(self):
            return
        code = self.check()
        if code:
            return self.error(403, code)
        {'GET': self.get, 'HEAD': self.get, 'PUT': self.put, 'POST': self.post, 'DELETE': self.delete}[self.command]()

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = serve

    # ---- objects
    def get(self):
        if not self.key:
            return self.list()
        if self.key not in self.store.objects:
            return self.error(404, 'NoSuchKey')
        data, etag = self.store.objects[self.key]
        headers = [('ETag', '"%s"' % etag), ('Last-Modified', formatdate(usegmt=True))]
        if self.headers.get('If-Match') not in (None, '"%s"' % etag):
            return self.error(412, 'PreconditionFailed')
        m = re.fullmatch(r'bytes=(\d+)-(\d*)', self.headers.get('Range') or '')
        if m:
            first, last = int(m[1]), min(int(m[2] or len(data)), len(data) - 1)
            if first >= len(data):
                return self.error(416, 'InvalidRange')
            return self.answer(206, data[first:last + 1], headers + [('Content-Range', 'bytes %d-%d/%d' % (first, last, len(data)))])
        if self.command == 'HEAD':
            headers.append(('Content-Length', str(len(data))))
        self.answer(200, data, headers)

    def list(self):
        prefix, delimiter = self.query.get('prefix', ''), self.query.get('delimiter')
        names = sorted(k for k in self.store.objects if k.startswith(prefix))
        if delimiter:
            names = sorted({prefix + n[len(prefix):].partition(delimiter)[0] + delimiter for n in names if delimiter in n[len(prefix):]})
        start = int(self.query.get('continuation-token', '0').rpartition('=')[2])
        rows = []
        quote = lambda t: escape(urllib.parse.quote(t, safe='/'))
        for name in names[start:start + self.store.page]:
            if delimiter:
                rows.append('<CommonPrefixes><Prefix>%s</Prefix></CommonPrefixes>' % quote(name))
            else:
                rows.append('<Contents><Key>%s</Key><LastModified>2024-01-02T03:04:05.678Z</LastModified><ETag>&quot;%s&quot;</ETag><Size>%d</Size></Contents>'
                            % (quote(name), self.store.objects[name][1], len(self.store.objects[name][0])))
        more = start + self.store.page < len(names)
        self.answer(200, ('<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Prefix/><EncodingType>url</EncodingType>'
                          '<IsTruncated>%s</IsTruncated>%s%s</ListBucketResult>'
                          % (str(more).lower(), '<NextContinuationToken>/+ &amp;%%=%d</NextContinuationToken>' % (start + self.store.page) if more else '',
                             ''.join(rows))).encode())

    def put(self):
        if 'uploadId' in self.query:
            parts = self.store.uploads.get(self.query['uploadId'])
            if parts is None:
                return self.error(404, 'NoSuchUpload')
            with self.store.lock:
                parts[int(self.query['partNumber'])] = self.body
            return self.answer(200, headers=[('ETag', '"%s"' % self.store.etag(self.body))])
        if 'retention' in self.query:
            return self.answer(200)
        if self.headers.get('If-None-Match') == '*' and self.store.if_none_match and self.key in self.store.objects:
            return self.error(412, 'PreconditionFailed')
        kept = self.store.keep(self.body)
        self.store.objects[self.key] = (kept, self.store.etag(kept))
        self.answer(200, headers=[('ETag', '"%s"' % self.store.etag(kept))])

    def post(self):
        if 'uploads' in self.query:
            with self.store.lock:
                upload = 'up/%s+' % uuid.uuid4()  # requests may come at once
                self.store.uploads[upload] = {}
            return self.answer(200, ('<InitiateMultipartUploadResult><UploadId>%s</UploadId></InitiateMultipartUploadResult>' % upload).encode())
        if self.headers.get('If-None-Match') == '*' and self.store.if_none_match and self.key in self.store.objects:
            return self.error(412, 'PreconditionFailed')
        parts = self.store.uploads.pop(self.query['uploadId'], None)
        if parts is None:
            return self.error(404, 'NoSuchUpload')
        listed = [int(n) for n in re.findall(rb'<PartNumber>(\d+)</PartNumber>', self.body)]
        if listed != sorted(parts) or listed != list(range(1, len(listed) + 1)):
            self.complain('parts %s' % listed)
        if len(listed) > 10000 or any(len(parts[n]) < self.store.least for n in listed[:-1]):
            self.complain('%d parts of %s bytes' % (len(listed), sorted({len(p) for p in parts.values()})))
        kept = self.store.keep(b''.join(parts[n] for n in listed))
        etag = hashlib.md5(b''.join(hashlib.md5(parts[n]).digest() for n in listed)).hexdigest() + '-%d' % len(listed)
        self.store.objects[self.key] = (kept, etag)
        self.answer(200, ('<CompleteMultipartUploadResult><ETag>"%s"</ETag></CompleteMultipartUploadResult>' % etag).encode())

    def delete(self):
        if 'uploadId' in self.query:
            self.store.uploads.pop(self.query['uploadId'], None)
        else:
            self.store.objects.pop(self.key, None)
        self.answer(204)
