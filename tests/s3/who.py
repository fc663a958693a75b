"""who.py TOOL [TEST...] -- plugins/s3: credentials that end: N4.  SPDX-License-Identifier: Apache-2.0"""
import os
from harness import *


@test
def token_expires_in_mid_upload(s):
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
    t = Tool(s, {'AWS_ACCESS_KEY_ID': '', 'AWS_SECRET_ACCESS_KEY': ''}, partSize=5 * MIB, credentialsFile=work + '/profiles')
    same(t.put('k', bytes_of(31 * MIB)), (OK, ''))
    assert s.objects['k'][0] == bytes_of(31 * MIB)
    assert {h['x-amz-security-token'] for m, p, h in s.seen} > {'token-1'}
    same(s.seen[-1][2]['x-amz-security-token'] == 'token-1', False)
    assert 'token-' not in t.logged()
    t.close()


if __name__ == '__main__':
    main()
