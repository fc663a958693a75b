"""xform.py -- tests/bench/run's rows of restore-xform and of the report.  SPDX-License-Identifier: Apache-2.0"""
import glob
import json
import os
import re
import shutil
import sys

from common import BUILD, DATA, ROOT, measure, median, plugin_dir, run, show, size_of, tool


def xform_items(to):
    """Items of eight kinds of an old cluster; each is met by a few rules of xform_chain and by one conversion at most"""
    os.makedirs(to, exist_ok=True)
    spec = {'containers': [{'name': 'app', 'image': 'registry.old.example.com/team/app:1.2', 'args': ['--url=https://shop.old.example.com/'],
                            'env': [{'name': f'SETTING_{i}', 'value': f'value of {i}'} for i in range(12)]}],
            'volumes': [{'name': 'data', 'persistentVolumeClaim': {'claimName': 'data'}}], 'nodeSelector': {'pool': 'blue'}}
    template = {'metadata': {'labels': {'app': 'web'}}, 'spec': spec}
    claim = {'accessModes': ['ReadWriteOnce'], 'storageClassName': 'class-7', 'resources': {'requests': {'storage': '1Gi'}}}
    text = ''.join(f'setting.{i}.name=value-{i * 7919:08x}\nsetting.{i}.enabled=true\n' for i in range(40))
    http = {'paths': [{'path': '/', 'backend': {'serviceName': 'web', 'servicePort': 80}}]}
    kinds = (('v1', 'Pod', {'spec': spec}), ('v1', 'ConfigMap', {'data': {'app.properties': text + 'url=https://shop.old.example.com/\n'}}),
             ('extensions/v1beta1', 'Deployment', {'spec': {'template': template}}), ('v1', 'PersistentVolumeClaim', {'spec': claim}),
             ('apps/v1', 'StatefulSet', {'spec': {'selector': {'matchLabels': {'app': 'web'}}, 'template': template,
                                                  'volumeClaimTemplates': [{'metadata': {'name': 'd'}, 'spec': claim}]}}),
             ('networking.k8s.io/v1beta1', 'Ingress', {'spec': {'rules': [{'host': 'shop.old.example.com', 'http': http}]}}),
             ('v1', 'Service', {'spec': {'ports': [{'port': 80}], 'selector': {'app': 'web'}}}),
             ('v1', 'ConfigMap', {'data': {f'key-{i}': f'a value without a match, number {i}' for i in range(40)}}))
    for i in range(96):
        version, kind, more = kinds[i % len(kinds)]
        meta = {'name': f'item-{i}', 'namespace': f'team-{i % 5}', 'labels': {'app': 'web', 'number': str(i)},
                'annotations': {'example.com/owner': 'team@example.com'}}
        with open(os.path.join(to, f'{i:03}.json'), 'w') as f:
            json.dump({'apiVersion': version, 'kind': kind, 'metadata': meta, **more}, f)
    return sorted(glob.glob(os.path.join(to, '*.json')))


def xform_chain(rules):
    """A chain whose rules are `rules`, of which four match something, however many they are"""
    n = rules // 4
    config = {'storageClasses': {f'class-{i}': f'new-{i}' for i in range(7, 7 + n)},
              'hosts': {'*.old.example.com': '*.new.example.org', **{f'host-{i}.elsewhere.example.com': f'host-{i}.example.org' for i in range(n - 1)}},
              'images': {'registry.old.example.com/': 'registry.example.org/', **{f'registry-{i}.example.com/': 'registry.example.org/' for i in range(n - 1)}},
              'configMaps': [{'pattern': r'\bold\.example\.com\b', 'to': 'new.example.org'},
                             *({'pattern': rf'\bold-{i}\.example\.com\b', 'to': 'new.example.org'} for i in range(n - 1))]}
    path = os.path.join(DATA, f'xform-{rules}.yaml')
    with open(path, 'w') as f:
        json.dump({'apiVersion': 'pintle.io/v1alpha1', 'kind': 'PluginChain', 'metadata': {'name': 'default'}, 'spec': {'actions': [
            {'name': 'pintle.io/convert-api-version', 'config': {'targetVersion': '1.32'}},
            {'name': 'pintle.io/resolve-references', 'config': config}]}}, f)
    return path


def xform_rows(runs, quick):
    files, count = xform_items(os.path.join(DATA, 'xform')), '5000' if quick else '20000'
    directory = plugin_dir('xform-so', os.path.join(BUILD, 'plugins/restore-xform.so'))
    worker, got = os.path.join(BUILD, 'pintle-worker'), {4: [], 200: [], 2000: []}
    for _ in range(runs):
        for rules in got:
            out = measure(tool('bench_worker'), worker, directory, count, *files, env={**os.environ, 'BENCH_CHAIN': xform_chain(rules)})
            got[rules].append(float(out.split('\t')[1].split()[0]) / 1000)
    m = median(got[200])
    show('an item through both actions of restore-xform with 200 rules, in a worker', f'{m:.1f} µs',
         f'{min(got[200]):.1f} to {max(got[200]):.1f}; {size_of(os.path.join(DATA, "xform")) // len(files):,} bytes mean (goal: under 60{"" if m < 60 else ", missed"})')
    show('the same with 4 rules and with 2,000, of which four match', f'{median(got[4]):.1f} and {median(got[2000]):.1f} µs',
         f'{median(got[2000]) / median(got[4]):.2f} times as long with 500 times the rules')


# ---- the report
REPORTED = 5000


def report_rows(runs):
    """What --report costs a dry run, and how soon its page stands in a browser"""
    source = os.path.join(DATA, 'reported')
    files = xform_items(os.path.join(DATA, 'xform'))
    shutil.rmtree(source, ignore_errors=True)
    os.makedirs(source)
    for i in range(REPORTED):
        with open(files[i % len(files)]) as f:
            item = json.load(f)
        item['metadata']['name'] = f'item-{i}'
        with open(os.path.join(source, f'{i:05}.json'), 'w') as f:
            json.dump(item, f)
    directory = plugin_dir('xform-so', os.path.join(BUILD, 'plugins/restore-xform.so'))
    work, page = os.path.join(DATA, 'work'), os.path.join(DATA, 'work', 'page.html')
    os.makedirs(work, exist_ok=True)
    argv = [os.path.join(BUILD, 'pintle'), 'restore', 'create', 'r1', '--from', source, '--dry-run', '--config', xform_chain(200), '--plugin-dir', directory]
    got = [(run(argv, work)[1], run(argv + ['--report', page], work)[1]) for _ in range(runs)]
    show(f'a page of {REPORTED:,} items: what `--report` adds to a dry run', f'{median([b - a for a, b in got]) / REPORTED * 1e6:.1f} µs CPU an item',
         f'{median([b / a for a, b in got]):.2f} times the dry run\'s; the page has {os.path.getsize(page) / 1e6:.1f} MB')
    if not shutil.which('chromium'):
        print('  report: the page is not measured, there is no chromium', file=sys.stderr)
        return
    sys.path.insert(0, os.path.join(ROOT, 'tests/e2e'))
    from chromium import Chromium
    ready, search = [], []
    with Chromium(work) as c:
        for _ in range(2 * runs):
            c.open(page)
            ready.append(c.js('Number(document.body.dataset.ready)'))
            search.append(c.js('(s => { const t = performance.now(); s.value = "item-49"; s.dispatchEvent(new Event("input")); document.body.offsetHeight; '
                               'return performance.now() - t; })(document.querySelector("#search"))'))
    m = median(ready)
    show('the same page in Chromium: from its address to all tiles and the first items', f'{m:.0f} ms',
         f'{min(ready):.0f} to {max(ready):.0f} (goal: under 1,000{"" if m < 1000 else ", missed"}); its first search {median(search):.0f} ms')
