"""aliyun_who.py TOOL [TEST...] -- driver aliyun's credentials: files, environment, STS, OIDC, the instance's role.  SPDX-License-Identifier: Apache-2.0"""
from aliyun_world import *
import time

ENV = {'ALIBABA_CLOUD_ACCESS_KEY_ID': 'LTAIkey', 'ALIBABA_CLOUD_ACCESS_KEY_SECRET': 's3cret/+"'}
ROLE, PROVIDER = 'acs:ram::1:role/backup', 'acs:ram::1:oidc-provider/ack'


def info(t):
    return t.ask('info')['status']


@test
def files_of_all_shapes(w):
    w.a.keys['other'] = ('it-is#1', None)
    for text in ('ALIBABA_CLOUD_ACCESS_KEY_ID=other\nALIBABA_CLOUD_ACCESS_KEY_SECRET=it-is#1', '# keys\r\nexport ALIBABA_CLOUD_ACCESS_KEY_ID="other" # a\r\n'
                 "ALIBABA_CLOUD_ACCESS_KEY_SECRET='it-is#1'\r\n", 'ALIBABA_CLOUD_ACCESS_KEY_ID: other\nALIBABA_CLOUD_ACCESS_KEY_SECRET = it-is#1 # b\nX=y\n\n'):
        same((info(w.tool(keys=text)), text), (OK, text))


@test
def files_that_are_none(w):
    t = w.tool(keys='ALIBABA_CLOUD_ACCESS_KEY_ID=LTAIkey\n')
    r = t.ask('info')
    same(outcome(r), (DENIED, 'credentials of Alibaba Cloud: %s names no access key' % t.file))
    t = w.tool(keys=None, credentialsFile='/nonexistent/keys')
    same(outcome(t.ask('info')), (DENIED, 'credentials of Alibaba Cloud: /nonexistent/keys cannot be read'))
    t = w.tool(keys='ALIBABA_CLOUD_ACCESS_KEY_ID=a b\nALIBABA_CLOUD_ACCESS_KEY_SECRET=x\n')
    same(outcome(t.ask('info')), (DENIED, "credentials of Alibaba Cloud: the access key's id has a character that none has"))
    same(w.a.seen, [])


@test
def a_changed_file_counts_at_once(w):
    t = w.tool()
    same(info(t), OK)
    w.a.keys = {'new': ('key', None)}
    with open(t.file, 'w') as f:
        f.write('ALIBABA_CLOUD_ACCESS_KEY_ID=new\nALIBABA_CLOUD_ACCESS_KEY_SECRET=key\n')
    same(info(t), OK)


@test
def wrong_keys(w):
    for text, code in (('LTAInone', 'InvalidAccessKeyId.NotFound'), ('LTAIkey', 'SignatureDoesNotMatch')):
        t = w.tool(keys='ALIBABA_CLOUD_ACCESS_KEY_ID=%s\nALIBABA_CLOUD_ACCESS_KEY_SECRET=wrong-secret\n' % text)
        r = t.ask('info')
        same((r['status'], r['code'], r['hint']), (DENIED, code, 'look at the access key and its secret'))
        assert 'wrong-secret' not in t.said
    same([x[1] for x in w.a.wrong], ['InvalidAccessKeyId.NotFound', 'SignatureDoesNotMatch'])
    w.a.wrong.clear()


@test
def sts_tokens(w):
    w.a.keys['STS.a'] = ('b', ('c/+=', time.time() + 100))
    text = 'ALIBABA_CLOUD_ACCESS_KEY_ID=STS.a\nALIBABA_CLOUD_ACCESS_KEY_SECRET=b\nALIBABA_CLOUD_ACCESS_STS_TOKEN=c/+=\n'
    t = w.tool(keys=text)
    same(info(t), OK)
    same(info(w.tool(keys=None, env=dict(l.split('=', 1) for l in text.split()))), OK)
    w.a.keys['STS.a'] = ('b', ('c/+=', time.time() - 1))
    r = t.ask('info')
    same((r['status'], r['code']), (DENIED, 'InvalidSecurityToken.Expired'))
    w.a.keys.pop('STS.a')  # "b" is no secret to look for
    w.tools = [x for x in w.tools if x.p.stdin.close() or x.p.wait(30)]


@test
def environment(w):
    same(info(w.tool(keys=None, env=ENV)), OK)
    t = w.tool()
    same(info(w.tool(keys=None, env={'ALIBABA_CLOUD_CREDENTIALS_FILE': t.file})), OK)
    same(info(w.tool(env={**ENV, 'ALIBABA_CLOUD_ACCESS_KEY_ID': 'nobody'})), OK)  # the file goes first


@test
def a_role_taken_with_keys(w):
    w.a.roles[ROLE] = 'LTAIkey'
    t = w.tool(aliyunRoleArn=ROLE)
    same([info(t) for _ in range(3)], [OK] * 3)
    same((w.a.issued, w.asked('AssumeRole')[0]['RoleSessionName']), (1, 'pintle'))
    r = w.tool(aliyunRoleArn='acs:ram::1:role/other').ask('info')
    same((r['status'], r['code']), (DENIED, 'NoPermission'))
    same([x[1] for x in w.a.wrong], ['NoPermission'])
    w.a.wrong.clear()


@test
def tokens_are_replaced_in_time(w):
    w.a.roles[ROLE], w.a.expires = 'LTAIkey', 100  # less than three minutes are left
    t = w.tool(aliyunRoleArn=ROLE)
    same([info(t) for _ in range(3)], [OK] * 3)
    same(w.a.issued, 3)
    w.a.expires = 3600
    same(info(t), OK)
    w.a.keys['STS.key4'] = (w.a.keys['STS.key4'][0], (w.a.keys['STS.key4'][1][0], 0))  # ended before its time
    same((info(t), w.a.issued), (OK, 5))


@test
def oidc(w):
    w.a.oidc['jwt.a+b/c='] = (ROLE, PROVIDER)
    t = w.tool()
    with open(t.file + '.jwt', 'w') as f:
        f.write('jwt.a+b/c=\n')
    env = {'ALIBABA_CLOUD_ROLE_ARN': ROLE, 'ALIBABA_CLOUD_OIDC_PROVIDER_ARN': PROVIDER, 'ALIBABA_CLOUD_OIDC_TOKEN_FILE': t.file + '.jwt'}
    same(info(w.tool(keys=None, env=env)), OK)
    same(info(w.tool(keys=None, aliyunRoleArn=ROLE, aliyunOidcProviderArn=PROVIDER, aliyunOidcTokenFile=t.file + '.jwt')), OK)
    same(w.a.issued, 2)
    with open(t.file + '.jwt', 'w') as f:
        f.write('jwt.other\n')
    n = w.tool(keys=None, env=env)
    r = n.ask('info')
    same((r['status'], r['code'], 'jwt.other' in n.said), (DENIED, 'AuthenticationFail.OIDCToken.Invalid', False))


@test
def the_role_of_the_instance(w):
    w.a.metadata_role = 'node'
    for w.a.hardened in (False, True):
        t = w.tool(keys=None)
        same([info(t) for _ in range(2)], [OK] * 2)
        same(info(w.tool(keys=None, aliyunRamRole='node', env=ENV)), OK)
        assert w.a.metadata_token not in t.said
    same(w.a.issued, 4)
    w.a.metadata_role = None
    same(outcome(w.tool(keys=None).ask('info')), (DENIED, "credentials of Alibaba Cloud: asking the instance's metadata: this instance has no RAM role"))


sys.exit(main())
