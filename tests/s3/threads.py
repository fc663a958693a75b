"""threads.py PROGRAM -- calls of one instance of plugins/s3 that overlap (threads_s3.c); under ThreadSanitizer, too.  SPDX-License-Identifier: Apache-2.0"""
from harness import *


@test
def overlapping_calls(s):
    """Eight threads at once find that the clock is wrong, the region another one and the credentials over; each tenth request fails."""
    program = work + '/who'
    with open(program, 'w') as f:
        f.write('#!/bin/sh\necho x >>%s/asked\necho "{\\"Version\\":1,\\"AccessKeyId\\":\\"%s\\",\\"SecretAccessKey\\":\\"%s\\",'
                '\\"SessionToken\\":\\"token-$(wc -l <%s/asked)\\",\\"Expiration\\":\\"2099-01-01T00:00:00Z\\"}"\n' % (work, ACCESS, SECRET, work))
    os.chmod(program, 0o755)
    with open(work + '/config', 'w') as f:
        f.write('[default]\ncredential_process = %s\n' % program)
    s.clock, n = 1200, [0]

    def hook(r):
        n[0] += 1
        if '/us-east-1/' in (r.headers['Authorization'] or ''):
            return r.error(400, 'AuthorizationHeaderMalformed', '<Region>eu-west-3</Region>') or True
        if n[0] > 60 and r.headers['x-amz-security-token'] == 'token-1':
            return r.error(400, 'ExpiredToken') or True
        return n[0] % 10 == 0 and (r.error(503, 'SlowDown') if n[0] % 20 else r.drop(), True)[1]
    s.hook = hook
    env = {'PATH': os.environ['PATH'], 'HOME': work, 'AWS_CONFIG_FILE': work + '/config', 'AWS_EC2_METADATA_DISABLED': 'true'}
    env.update({k: v for k, v in os.environ.items() if k.endswith('SAN_OPTIONS')})
    p = subprocess.run([sys.argv[1], s.url, '8', '6'], env=env, capture_output=True, text=True, timeout=250)
    assert p.returncode == 0, p.stderr[-3000:]
    assert SECRET not in p.stderr and 'token-' not in p.stderr, p.stderr
    same((p.stderr.count('differ by'), p.stderr.count('the bucket is in region eu-west-3')), (1, 1))
    same((s.objects, s.uploads), ({}, {}))
    with open(work + '/asked') as f:
        same(f.read(), 'x\nx\n')


if __name__ == '__main__':
    main()
