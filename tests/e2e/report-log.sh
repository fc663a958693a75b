# report-log.sh -- restore report: Velero's restore log, as text and as JSON, gzip or not, becomes the report of what the drop-in did.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
cat >text.log <<'END'
time="2026-01-02T03:04:05Z" level=info msg="starting restore" logSource="pkg/controller/restore_controller.go:535" restore=velero/r1
time="2026-01-02T03:04:06Z" level=info msg="replace /spec/storageClassName" action=pintle.io/resolve-references cmd=/plugins/velero-plugin-pintle event=change logSource="/plugin/logrus_adapter.go:75" name=data namespace=shop old="\"gp2\"" op=replace path=/spec/storageClassName plugin=restore-xform@0.1.0 pluginName=velero-plugin-pintle resource=persistentvolumeclaims restore=velero/r1 value="\"standard\"" why="storageClasses: gp2 -> standard"
time="2026-01-02T03:04:06Z" level=info msg="storageClasses: gp2 -> standard" action=pintle.io/resolve-references count=1 counter="storageClasses: gp2 -> standard" event=count name=data namespace=shop plugin=restore-xform@0.1.0 resource=persistentvolumeclaims
time="2026-01-02T03:04:07Z" level=info msg="still names <b>old.example.com</b>" action=pintle.io/resolve-references code=unresolved event=finding name=web namespace=shop path=/spec/rules/0/host plugin=restore-xform@0.1.0 resource=ingresses.networking.k8s.io severity=warn
time="2026-01-02T03:04:07Z" level=info msg="the item is left out" action=pintle.io/convert-api-version event=skip name=psp plugin=restore-xform@0.1.0 resource=podsecuritypolicies.policy why="no replacement"
time="2026-01-02T03:04:08Z" level=error msg="the disk is gone" name=other namespace=shop resource=configmaps restore=velero/r1
not a line of logrus at all
END
python3 - <<'END' || fail "the JSON lines"
import json, re
out = open('json.log', 'w')
for line in open('text.log'):
    found = re.findall(r'([\w.]+)=("(?:[^"\\]|\\.)*"|\S+)', line)
    out.write(json.dumps({k: json.loads(v) if v[0] == '"' else v for k, v in found}) + '\n' if line.startswith('time=') else line)
END
gzip -k text.log
cat >look.py <<'END'
import json, sys
r = json.load(open(sys.argv[1]))
items = {i['resource'] + ' ' + i['name']: i for i in r['items']}
action = items['persistentvolumeclaims data']['actions'][0]
assert (action['action'], action['plugin'], items['persistentvolumeclaims data']['namespace']) == ('pintle.io/resolve-references', 'restore-xform@0.1.0', 'shop'), items
c = action['changes'][0]
assert (c['op'], c['path'], c['old'], c['new'], c['why']) == ('replace', '/spec/storageClassName', 'gp2', 'standard', 'storageClasses: gp2 -> standard'), c
f = items['ingresses.networking.k8s.io web']['actions'][0]['findings'][0]
assert (f['severity'], f['code'], f['at'], f['text']) == ('warn', 'unresolved', '/spec/rules/0/host', 'still names <b>old.example.com</b>'), f
psp = items['podsecuritypolicies.policy psp']
assert (psp['outcome'], psp['actions'][0]['skip']) == ('skipped', 'no replacement'), psp
assert [(x['rule'], x['count']) for x in r['rules']] == [('storageClasses: gp2 -> standard', 1)], r['rules']
assert [(x['level'], x['message']) for x in r['log']] == [('error', 'the disk is gone')], r['log']
END
for log in text.log json.log text.log.gz; do
  run "$PINTLE" restore report --log "$log" --report r.json
  [ "$status" -eq 0 ] || fail "$log: exit status $status"
  run python3 look.py r.json
  expect_status 0
done
"$PINTLE" restore report --log - --report s.json <text.log 2>err || fail "standard input"
run python3 look.py s.json
expect_status 0
run "$PINTLE" restore report --log text.log --report r.html
expect_status 0
expect_in r.html 'old.example.com\u003c'
expect_not_in r.html '<b>old'
run "$PINTLE" restore report --log text.log --report r.json --fail-on unresolved
expect_status 4
run "$PINTLE" restore report --log text.log --report r.txt
expect_status 2
run "$PINTLE" restore report --report r.json
expect_status 2
run "$PINTLE" restore report --log none.log --report r.json
[ "$status" -ne 0 ] || fail "a log that is not there"
expect_err none.log
expect_clean
pass
