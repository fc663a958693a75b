"""examples.py TOOL URL README -- every key of the page's table, with its example, into versitygw and back.  SPDX-License-Identifier: Apache-2.0"""
import base64, json, os, re, subprocess, sys
tool, url, page = sys.argv[1:]
host = url.split('://')[1]
with open(page) as f:
    rows = re.findall(r'^\| (`[^|]*`) \|[^|]*\|[^|]*\| (`[^|]*`) \|$', f.read(), re.M)
examples = {}
for keys, values in rows:
    keys, values = re.findall('`([^`]*)`', keys), re.findall('`([^`]*)`', values)
    assert len(keys) == len(values), (keys, values)
    examples[tuple(keys)] = [v.strip('"') if v.startswith('"') else v for v in values]
names = {k for keys in examples for k in keys}
assert len(names) >= 25 and {'region', 's3Url', 'proxy', 'objectLockRetain'} <= names, names
with open('customer-key', 'wb') as f:
    f.write(b'k' * 32)
with open('cloud', 'w') as f:
    f.write(''.join(f'[{p}]\naws_access_key_id = AKIAPINTLE\naws_secret_access_key = very/secret+key\n' for p in ('default', 'backup')))
secret = {'apiVersion': 'v1', 'kind': 'Secret', 'metadata': {'name': 'sse', 'namespace': 'velero'}, 'data': {'key': base64.b64encode(b'k' * 32).decode()}}
env = {k: v for k, v in os.environ.items() if not k.startswith('AWS_')}
env.update(TOOL_CLUSTER=json.dumps([secret]), TOOL_NAMESPACE='velero')
with open('body', 'wb') as f:
    f.write(os.urandom(6 << 20))


def typed(key, value):
    """As the core hands it to a plugin"""
    units = {'s': 10**9, 'm': 60 * 10**9, 'h': 3600 * 10**9, 'Mi': 1 << 20, 'Gi': 1 << 30}
    if m := re.fullmatch(r'(\d+)(s|m|h|Mi|Gi)', value):
        return int(m[1]) * units[m[2]]
    return int(value) if key in ('concurrency', 'maxRetries') else value == 'true' if value in ('true', 'false') else value


for keys, values in examples.items():
    # what this machine has in place of the example's hosts and directories
    values = [re.sub(r'minio\.velero\.svc:9000|proxy:3128', host, v).replace('/credentials/', os.getcwd() + '/') for v in values]
    config = {'s3Url': url, 'region': 'us-east-1', 's3ForcePathStyle': True, 'credentialsFile': 'cloud',
              **{k: typed(k, v) for k, v in zip(keys, values)}}
    with open('config.json', 'w') as f:
        json.dump(config, f)
    p = subprocess.run([tool, 'config.json'], input='put\t6b\tbody\nget\t6b\tgot\nurl\t6b\n', text=True, capture_output=True, env=env)
    said = [line.split('\t', 1) for line in p.stdout.splitlines()]
    assert len(said) == 3, (keys, p.stdout, p.stderr)
    if 'objectLockMode' in keys:  # the bucket has no locks: the store is asked for one
        assert said[0][0] != '0' and 'ock' in said[0][1], (keys, said)
        continue
    assert [s for s, _ in said] == ['0', '0', '0'], (keys, said)
    with open('got', 'rb') as got, open('body', 'rb') as body:
        assert got.read() == body.read(), keys
    if 'publicUrl' in keys:
        assert said[2][1].startswith(values[0] + '/bucket/k?'), said[2]
