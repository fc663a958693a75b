"""faults.py TOOL [TEST...] -- plugins/s3: a store that fails: N2 storms, N3 clocks, what is lost on the way.  SPDX-License-Identifier: Apache-2.0"""
from email.utils import formatdate
import random, threading, time
from harness import *


@test
def n2_storm_of_503(s):
    left = [3]

    def hook(r):
        if left[0]:
            left[0] -= 1
            r.error(503, 'SlowDown', headers=[('Retry-After', '1')])
            return True
    s.hook = hook
    t = Tool(s)
    at = time.time()
    same(t.put('k', b'data'), (OK, ''))
    assert time.time() - at > 2.9, 'Retry-After is not respected'
    same(s.objects['k'][0], b'data')
    left[0] = 10**6
    del s.seen[:]
    st, text = t.put('k', b'data')
    same(st, TRANSIENT)
    assert '503 SlowDown' in text, text
    same(len(s.seen), 4)  # maxRetries: 3
    t.close()


@test
def n2_no_repeat(s):
    t = Tool(s)
    for status, code, want in ((403, 'AccessDenied', DENIED), (404, 'NoSuchKey', NOT_FOUND), (404, 'NoSuchBucket', INVALID), (400, 'InvalidArgument', FAILED),
                               (501, 'NotImplemented', UNSUPPORTED)):
        s.hook = lambda r: r.error(status, code) or True
        del s.seen[:]
        same(t.get('k')[0], want)
        same(len(s.seen), 1)
    s.hook = lambda r: r.error(403, 'AccessDenied') or True
    same(t.simple('exists', 'k')[0], DENIED)  # as Velero's: without ListBucket nobody knows
    t.close()


@test
def n2_404_of_something_else(s):
    """versitygw says 404 of an access key that it does not know: nothing follows for the object."""
    t = Tool(s)
    for code, want in (('XAdminUserNotFound', DENIED), ('NoRoute', FAILED), ('NoSuchKey', NOT_FOUND), ('NotFound', NOT_FOUND)):
        s.hook = lambda r: r.error(404, code) or True
        same(t.get('k')[0], want)
        same(t.simple('delete', 'k')[0], OK if want == NOT_FOUND else want)
    same(t.logged().count('HINT the store does not know this access key'), 2)
    t.close()


@test
def head_refused(s):
    """The answer to a HEAD has no body: what a listing is refused for is said."""
    s.hook = lambda r: r.error(400, 'InvalidBucketName') or True
    t = Tool(s)
    st, text = t.simple('exists', 'k')
    assert st == FAILED and '400 InvalidBucketName: a message' in text, (st, text)
    t.close()


@test
def n2_429_with_a_date(s):
    """Retry-After as a date of HTTP, behind a code that the store made up."""
    at = []

    def hook(r):
        at.append(time.time())
        if len(at) == 1:
            r.error(429, 'Busy', headers=[('Retry-After', formatdate(time.time() + 3, usegmt=True))])
            return True
    s.hook = hook
    t = Tool(s)
    same(t.simple('exists', 'k'), (OK, '0'))
    same(len(at), 2)
    assert 1.9 < at[1] - at[0] < 4.5, at
    t.close()


@test
def n2_pauses_grow_and_vary(s):
    """The n-th pause is at random between a half and the whole of 200 ms * 2^(n-1)."""
    at, shares = [], []
    s.hook = lambda r: at.append(time.time()) or r.error(500, 'InternalError') or True
    for i in range(3):
        t = Tool(s)
        del at[:]
        st, text = t.get('k')
        same((st, len(at)), (TRANSIENT, 4))
        assert text.endswith('500 InternalError: a message (repeated in vain)'), text
        for n in range(3):
            assert 0.099 * 2**n < at[n + 1] - at[n] < 0.2 * 2**n + 0.4, at
            shares.append((at[n + 1] - at[n]) / (0.2 * 2**n))
        t.close()
    assert max(shares) - min(shares) > 0.1, shares  # of nine; less comes once in 50,000 times


@test
def n2_budget(s):
    """100 repeats that came to nothing are all that an instance has; what succeeds earns some of it again."""
    failing = [True]
    s.hook = lambda r: failing[0] and (r.error(503, 'ServiceUnavailable') or True)
    s.objects['k'] = (b'x', 'e')
    t = Tool(s, maxRetries=1)
    for i in range(100):
        same(t.simple('exists', 'k')[0], TRANSIENT)
    same(len(s.seen), 200)
    del s.seen[:]
    same(t.simple('exists', 'k')[0], TRANSIENT)
    same(len(s.seen), 1)
    assert 'the store fails so often that requests are not repeated any more' in t.logged()
    failing[0] = False
    for i in range(5):
        same(t.simple('exists', 'k'), (OK, '1'))
    failing[0] = True
    del s.seen[:]
    same(t.simple('exists', 'k')[0], TRANSIENT)
    same(len(s.seen), 2)
    t.close()


@test
def n2_cancelled_in_a_pause(s):
    s.hook = lambda r: r.error(503, 'SlowDown', headers=[('Retry-After', '100')]) or True
    t = Tool(s)
    t.set('cancel_at', 12)
    at = time.time()
    same(t.simple('exists', 'k'), (CANCELLED, 'looking for: cancelled'))
    assert len(s.seen) == 1 and time.time() - at < 9, (s.seen, time.time() - at)
    t.close()


@test
def n2_thirty_percent_errors(s):
    luck = random.Random(7)

    def hook(r):
        if luck.random() < 0.3:
            luck.choice([lambda: r.error(500, 'InternalError'), lambda: r.error(503, 'SlowDown'), lambda: r.error(429, 'TooManyRequests'), r.drop,
                         lambda: r.error(400, 'RequestTimeout') if r.command == 'PUT' else r.drop()])()
            return True
    s.hook = hook
    t = Tool(s, partSize=5 * MIB, maxRetries=12)
    for i in range(8):
        same(t.put('k%d' % i, bytes_of(100 + i)), (OK, ''))
    same(t.put('big', bytes_of(22 * MIB), 'put', 'unsized'), (OK, ''))
    same(len(t.lines('list', '')), 9)
    assert t.get('big') == (OK, bytes_of(22 * MIB))
    for i in range(8):
        same(s.objects['k%d' % i][0], bytes_of(100 + i))
    t.close()


@test
def lost_in_the_middle(s):
    data = bytes_of(9 * MIB)
    s.objects['k'] = (data, 'tag')
    drops = [4 * MIB, 1, 2 * MIB, 0]

    def hook(r):
        if r.command != 'GET' or not drops:
            return False
        at, first = drops.pop(0), int((r.headers.get('Range') or 'bytes=0-')[6:].split('-')[0])
        if first:
            same(r.headers['If-Match'], '"tag"')
        r.send_response(206 if r.headers.get('Range') else 200)
        r.send_header('ETag', '"tag"')
        r.send_header('Content-Length', str(len(data) - first))
        if r.headers.get('Range'):
            r.send_header('Content-Range', 'bytes %d-%d/%d' % (first, len(data) - 1, len(data)))
        r.end_headers()
        r.wfile.write(data[first:first + at])
        r.wfile.flush()
        r.drop()
        return True
    s.hook = hook
    t = Tool(s)
    assert t.get('k') == (OK, data)
    same(len(drops), 0)
    # a store that knows no ranges sends everything again
    drops[:] = [3 * MIB]
    broken = s.hook

    def no_ranges(r):
        if drops:
            return broken(r)
        r.answer(200, data, [('ETag', '"tag"')])
        return True
    s.hook = no_ranges
    assert t.get('k') == (OK, data)
    # another object now
    drops[:] = [3 * MIB]

    def other(r):
        if drops:
            return broken(r)
        r.answer(200, bytes_of(9 * MIB, 2), [('ETag', '"other"')])
        return True
    s.hook = other
    st, text = t.get('k')
    same(st, CONFLICT)
    assert 'replaced' in text, text
    t.close()


def slowly(r, data, tag='"tag"'):
    """All of it, at some 100 MB/s."""
    if r.command != 'GET' or r.headers.get('Range'):
        return False
    r.send_response(200)
    r.send_header('ETag', tag)
    r.send_header('Content-Length', str(len(data)))
    r.end_headers()
    try:
        for at in range(0, len(data), MIB):
            time.sleep(0.01)
            r.wfile.write(data[at:at + MIB])
    except OSError:  # the plugin goes on by ranges
        r.close_connection = True
    return True


@test
def fast_get(s):
    """Where one connection is fast, there are no more; one of ten times this machine has to be idle enough."""
    data = bytes_of(50 * MIB)
    s.objects['k'] = (data, 'tag')
    t = Tool(s)
    asked = []
    for i in range(10):
        del s.seen[:]
        assert t.get('k') == (OK, data)
        asked.append(len(s.seen))
        if asked[-1] == 1:
            break
    assert 1 in asked, asked
    t.close()


@test
def parallel_get(s):
    data = bytes_of(43 * MIB + 11)
    s.objects['k'] = (data, 'tag')
    s.hook = lambda r: slowly(r, data)
    for n in (2, 4):
        t = Tool(s, partSize=5 * MIB, concurrency=n)
        del s.seen[:]
        assert t.get('k') == (OK, data)
        same(len([h for m, p, h in s.seen]), 9)
        same([h.get('if-match') for m, p, h in s.seen], [None] + 8 * ['"tag"'])
        ends = sorted(tuple(map(int, h['range'].partition('=')[2].split('-'))) for m, p, h in s.seen[1:])
        same([a for a, b in ends[1:]] + [len(data)], [b + 1 for a, b in ends])  # each byte once
        assert t.get('k', 'range', 3, 30 * MIB) == (OK, data[3:3 + 30 * MIB])
        assert t.get('k', 'range', 3, -1) == (OK, data[3:])
        t.close()
    # each connection is lost, some of them twice
    luck = random.Random(3)

    def hook(r):
        if r.command != 'GET' or luck.random() < 0.4:
            return False
        m = (r.headers.get('Range') or 'bytes=0-')[6:].split('-')
        first, last = int(m[0]), int(m[1] or len(data) - 1)
        time.sleep(0.05)
        r.send_response(206 if r.headers.get('Range') else 200)
        r.send_header('ETag', '"tag"')
        r.send_header('Content-Length', str(last + 1 - first))
        if r.headers.get('Range'):
            r.send_header('Content-Range', 'bytes %d-%d/%d' % (first, last, len(data)))
        r.end_headers()
        r.wfile.write(data[first:first + luck.randrange(4 * MIB)])
        r.wfile.flush()
        r.drop()
        return True
    s.hook = hook
    t = Tool(s, partSize=5 * MIB, concurrency=3)
    assert t.get('k') == (OK, data)
    s.hook = lambda r: slowly(r, data) or (r.headers.get('Range') and s.objects.update(k=(bytes_of(43 * MIB + 11, 2), 'other')))
    st, text = t.get('k')
    same(st, CONFLICT)
    s.hook = lambda r: slowly(r, data) or (r.headers.get('Range') and (r.answer(200, data, [('ETag', '"tag"')]) or True))  # knows no ranges
    s.objects['k2'] = (data, 'tag')
    assert t.get('k2') == (OK, data)
    t.ask('set', 'break_at', str(13 * MIB))
    same(t.get('k2')[0], TRANSIENT)
    t.close()


@test
def cut_range(s):
    """A range that is asked for in one, and turns out to be slow, is left where ranges of it begin: its connection ends."""
    data, over, cut = bytes_of(64 * MIB), threading.Event(), []
    s.objects['k'] = (data, 'tag')

    def hook(r):
        first, last = map(int, r.headers['Range'][6:].split('-'))
        if last - first < 6 * MIB:
            return False
        r.send_response(206)
        r.send_header('ETag', '"tag"')
        r.send_header('Content-Length', str(last + 1 - first))
        r.send_header('Content-Range', 'bytes %d-%d/%d' % (first, last, len(data)))
        r.end_headers()
        try:
            for at in range(first, last + 1, MIB):
                time.sleep(0.01)
                r.wfile.write(data[at:min(at + MIB, last + 1)])
        except OSError:
            cut.append(1)
        r.close_connection = True
        over.set()
        return True
    s.hook = hook
    t = Tool(s, partSize=5 * MIB)
    assert t.get('k', 'range', 3, 60 * MIB) == (OK, data[3:3 + 60 * MIB])
    assert over.wait(20) and cut, cut
    t.close()


@test
def put_dropped(s):
    """The store has carried it out, and the answer is lost."""
    left = [1]

    def hook(r):
        if r.command == 'PUT' and left[0]:
            left[0] -= 1
            assert r.check() is None
            r.store.objects[r.key] = (r.body, r.store.etag(r.body))
            r.drop()
            return True
    s.hook = hook
    t = Tool(s)
    same(t.put('k', b'data'), (OK, ''))
    left[0] = 1
    same(t.put('new', b'data', 'put!'), (OK, ''))  # 412 the second time: it is ours
    s.objects['theirs'] = (b'other', 'e')
    same(t.put('theirs', b'data', 'put!')[0], EXISTS)
    same(s.objects['theirs'][0], b'other')
    t.close()


@test
def completed_with_an_error(s):
    left, done = [2], []

    def hook(r):
        if r.command == 'POST' and 'uploadId' in r.query and left[0]:
            left[0] -= 1
            if left[0] == 0:
                r.post(), done.append(1)  # carried out; and says otherwise below, on a connection that is gone
                return True
            r.error(200, 'InternalError')
            return True
    s.hook = hook
    t = Tool(s, partSize=5 * MIB)
    same(t.put('k', bytes_of(11 * MIB)), (OK, ''))
    assert s.objects['k'][0] == bytes_of(11 * MIB)
    s.objects.clear()
    s.hook = lambda r: r.command == 'POST' and 'uploadId' in r.query and (r.error(200, 'InvalidPart') or True)
    st, text = t.put('k', bytes_of(11 * MIB))
    same(st, FAILED)
    assert 'InvalidPart' in text, text
    same((s.objects, s.uploads), ({}, {}))  # and it was aborted
    t.close()


@test
def completed_and_the_answer_lost(s):
    left = [1]

    def hook(r):
        if r.command == 'POST' and 'uploadId' in r.query and left[0]:
            left[0] -= 1
            parts = s.uploads.pop(r.query['uploadId'])
            s.objects[r.key] = (b''.join(parts[n] for n in sorted(parts)), 'some-tag')
            r.drop()
            return True
    s.hook = hook
    t = Tool(s, partSize=5 * MIB)
    same(t.put('k', bytes_of(11 * MIB)), (OK, ''))
    t.close()


@test
def part_that_never_arrives(s):
    def hook(r):
        if r.query.get('partNumber') == '2':
            r.drop()
            return True
    s.hook = hook
    t = Tool(s, partSize=5 * MIB, maxRetries=1)
    same(t.put('k', bytes_of(16 * MIB))[0], TRANSIENT)
    same((s.objects, s.uploads), ({}, {}))
    t.close()


@test
def n3_clock_off_by_20_minutes(s):
    for ahead in (1200, -1200):
        s.clock = ahead
        t = Tool(s)
        del s.seen[:]
        same(t.put('k', b'data'), (OK, ''))
        same(s.methods().count('PUT'), 2)
        same(t.get('k'), (OK, b'data'))
        same(s.methods().count('GET'), 1)  # from then on it is known
        off = int(t.logged().partition("INFO this machine's clock and the store's differ by ")[2].partition(' seconds: requests are signed')[0])
        assert abs(off - ahead) < 5, t.logged()
        same(t.logged().count('differ by'), 1)
        t.close()
        t = Tool(s)
        same(t.simple('exists', 'k'), (OK, '1'))  # HEAD has no body to say why
        t.close()


@test
def n3_clock_jumps_in_mid_upload(s):
    def hook(r):
        s.clock = 1200 if r.query.get('partNumber') in ('3', '4', '5') or s.clock else 0
    s.hook = hook
    t = Tool(s, partSize=5 * MIB)
    same(t.put('k', bytes_of(31 * MIB)), (OK, ''))
    assert s.objects['k'][0] == bytes_of(31 * MIB)
    t.close()
    s.hook = lambda r: r.error(403, 'RequestTimeTooSkewed') or True  # whatever the time
    t = Tool(s)
    del s.seen[:]
    same(t.get('k')[0], DENIED)
    same(len(s.seen), 2)
    t.close()


@test
def redirects(s):
    other = Store()
    try:
        t = Tool(s)
        s.hook = lambda r: not r.path.startswith('/moved') and (r.error(307, 'TemporaryRedirect', headers=[('Location', s.url + '/moved' + r.path)]) or True)
        same(t.get('k')[0], NOT_FOUND)  # signed for the new place: no 403
        same([p for _, p, _ in s.seen], ['/bucket/k', '/moved/bucket/k'])
        s.hook = lambda r: r.error(307, 'TemporaryRedirect', headers=[('Location', other.url + '/x' + r.path)]) or True
        same(t.get('k')[0], NOT_FOUND)  # another port of the same host
        same([(p, h['host']) for _, p, h in other.seen], [('/x/bucket/k', '127.0.0.1:%d' % other.port)])
        same(other.wrong, [])
        del other.seen[:]
        s.hook = lambda r: r.error(307, 'TemporaryRedirect', headers=[('Location', 'http://localhost:%d%s' % (other.server.server_port, r.path))]) or True
        st, text = t.get('k')
        assert st not in (OK, NOT_FOUND) and 'redirect' in text, (st, text)
        same(other.seen, [])
        t.close()
    finally:
        other.close()


@test
def redirected_puts(s):
    """The body goes along, each time; who redirects for ever is told."""
    s.hook = lambda r: not r.path.startswith('/moved') and (r.error(307, 'TemporaryRedirect', headers=[('Location', s.url + '/moved' + r.path)]) or True)
    t = Tool(s, partSize=5 * MIB)
    for n in (10, 11 * MIB):
        same(t.put('k', bytes_of(n)), (OK, ''))
        assert s.objects['bucket/k'][0] == bytes_of(n)
    s.hook = lambda r: r.error(307, 'TemporaryRedirect', headers=[('Location', s.url + r.path)]) or True
    del s.seen[:]
    st, text = t.get('k')
    same((st, len(s.seen)), (FAILED, 2))
    assert '307 TemporaryRedirect' in text, text
    t.close()


@test
def region_corrected(s):
    s.hook = lambda r: '/us-east-1/' in r.headers['Authorization'] and (r.error(400, 'AuthorizationHeaderMalformed', '<Region>eu-west-3</Region>') or True)
    t = Tool(s)
    same(t.put('k', b'x'), (OK, ''))
    same(t.get('k'), (OK, b'x'))
    same(s.methods().count('GET'), 1)
    t.close()


@test
def silent_store(s):
    def hook(r):
        time.sleep(6)
        r.drop()
        return True
    s.hook = hook
    t = Tool(s, idleTimeout=2 * 10**9, maxRetries=1)
    at = time.time()
    same(t.get('k')[0], TRANSIENT)
    assert 3 < time.time() - at < 9, time.time() - at
    t.close()


@test
def nobody_listens(s):
    s.close()
    t = Tool(s, maxRetries=1)
    same(t.get('k')[0], TRANSIENT)
    t.close()


@test
def body_breaks(s):
    t = Tool(s, partSize=5 * MIB)
    for n in (100, 8 * MIB, 13 * MIB):
        t.ask('set', 'break_at', str(n))
        same(t.put('k', bytes_of(14 * MIB))[0], TRANSIENT)
        same((s.objects, s.uploads), ({}, {}))
    t.ask('set', 'break_at', '0')
    t.ask('set', 'chunk', '1000')
    same(t.put('k', bytes_of(5 * MIB + 5)), (OK, ''))
    assert t.get('k') == (OK, bytes_of(5 * MIB + 5))
    t.close()


@test
def cancelled(s):
    t = Tool(s, partSize=5 * MIB)
    for n in (1, 3, 10, 20):
        t.ask('set', 'cancel_at', str(n))
        st, _ = t.put('k', bytes_of(14 * MIB))
        assert st in (CANCELLED, OK), st
        same(s.uploads, {})
        s.objects.clear()
    t.close()


if __name__ == '__main__':
    main()
