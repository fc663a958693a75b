#!/bin/sh
# nas.sh PINTLE PLUGINS -- Velero's client, the drop-in and nas.so: a share's generations by driver fingerprint, operations that another process tells of.
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh" "$1"
PLUGINS=$(realpath "$2")
drop_in nas
share=$work/run/export/share
repository=$work/run/data/stored/plugins/pintle.io/nas/fp
mkdir -p "$share/dir" restored data/stored
seq 1 5000 >"$share/dir/numbers" && head -c 9000000 /dev/urandom >"$share/large" && ln "$share/dir/numbers" "$share/linked" && ln -s large "$share/to"
truncate -s 5M "$share/sparse" && chmod 4510 "$share/dir/numbers" && touch -d '2020-02-02 02:02:02.123456789' "$share/dir"
export MOUNTS="files:/export=$work/run/export" RESTORE="files:/restored=$work/run/restored"
cat >plugins/pintle.yaml <<END
apiVersion: pintle.io/v1alpha1
kind: PluginChain
metadata: {name: default}
spec:
  actions:
  - {name: pintle.io/nas, config: {driver: fingerprint, mounts: "$MOUNTS", fingerprintRestoreTo: "$RESTORE", fingerprintLocation: shares}}
---
apiVersion: velero.io/v1
kind: BackupStorageLocation
metadata: {name: shares}
spec: {provider: pintle.io/file, config: {root: $work/run/data}, objectStorage: {bucket: stored}}
END
printf '%s\n' '{"apiVersion":"v1","kind":"PersistentVolume","metadata":{"name":"one","annotations":{"pintle.io/nas-backup":"true"}},"spec":{"persistentVolumeReclaimPolicy":"Delete","nfs":{"server":"files","path":"/export/share"}}}' >pv.json
run_of() { printf '{"apiVersion":"velero.io/v1","kind":"%s","metadata":{"name":"%s","namespace":"velero","uid":"%s"},"spec":{}}\n' "$1" "$2" "$2-uid" >"$2.json"; }
for n in 1 2 3; do run_of Backup "b$n" && run_of Restore "r$n"; done
list() { python3 "$interop/../e2e/list_tree.py" "$1" >"$2"; }
# The answer in "said": its item in FILE, its operation in $ID. taken FILE
taken() {
  python3 -c 'import json, sys
a = json.loads(open("said").read().splitlines()[-1])
json.dump(a["item"], open(sys.argv[1], "w"))
print(a["operation"])' "$1" >id || { cat said && fail "no backup"; }
  ID=$(cat id)
  export ID
}
restored() { # LISTING
  set -- "$1" restored/velero-*
  [ $# -eq 2 ] && list "$2" got.list && diff "$1" got.list || fail "restored otherwise than $1"
  rm -rf restored/velero-*
}

list "$share" first.list
RUN=b1 && export RUN
play nas-backup plugins >log && taken one1.json
id1=$ID
logged info 'volume one: 3 files, .* new 90' && ! grep '"level":"error"' nas-backup.log || fail "errors in the log"
printf changed | dd of="$share/large" bs=1 seek=5000000 conv=notrunc 2>dd.log && mv "$share/to" "$share/other" && echo 1 >"$share/new"
list "$share" second.list
RUN=b2
play nas-backup plugins >log && taken one2.json
[ "$ID" != "$id1" ] || fail "two backups with one id"
logged info 'volume one: 4 files, .* new 41943' || fail "the second stored otherwise"

echo "# another process, another client"
ID=$id1
play nas-later plugins
grep -q '"pintle.io/nas-snapshot": *"nass1:' one1.json && grep -q '"Retain"' one1.json || fail "$(cat one1.json)"
for n in 1:first 2:second; do
  export RUN="r${n%%:*}" ITEM="one${n%%:*}.json"
  play nas-restore plugins
  restored "${n##*:}.list"
done

echo "# a VolumeSnapshotter"
play nas-snapshotter plugins >log
ID=$(sed -n 's/^{"id":"\(nas1:.*\)"}$/\1/p' said | head -n 1 | sed 's/\\"/"/g')
export ID
play nas-snapshot plugins >log
[ "$(grep -c '^{"id":"nass1:' said)" -eq 2 ] && [ "$(grep '^{"id":"nass1:' said | sort -u | wc -l)" -eq 1 ] || fail "the same call: $(cat said)"
ID=$(sed -n 's/^{"id":"\(nass1:.*\)"}$/\1/p' said | head -n 1 | sed 's/\\"/"/g')
play nas-volume plugins >log
restored second.list

echo "# a process that was killed: alive for a while, then failed"
mkdir "$share/much" && head -c 400000000 /dev/urandom | split -b 1000000 -a 3 - "$share/much/file-"
before=$(find "$repository" -path '*/pack/*' -name 0 | wc -l)
RUN=b3
RUN=b3 client run plugins killed.log <"$here/nas-backup" >said 2>&1 &
running=$!
for _ in $(seq 300); do [ "$(find "$repository" -path '*/pack/*' -name 0 | wc -l)" -eq "$before" ] || break; sleep 0.05; done
for p in $(ours); do kill -9 "$p" 2>/dev/null || :; done
wait "$running" 2>/dev/null || :
marker=$(ls "$repository"/*/run/*)
ID=$(python3 -c 'import json, sys; print(json.dumps({"d": "fingerprint", "k": "nfs", "s": "files", "p": "/export/share", "v": "one", "i": json.load(open(sys.argv[1]))["name"]}, separators=(",", ":")))' "$marker")
export ID="nass1:$ID" WANTED='"completed":false'
play nas-state plugins
python3 - "$marker" <<'END'
import json, sys
m = json.load(open(sys.argv[1]))
m['beat'] -= 1200 * 10**9
json.dump(m, open(sys.argv[1], 'w'))
END
export WANTED='"completed":true.*"err":"its process is gone'
play nas-state plugins

echo "# deleted"
play nas-delete plugins
[ "$(ls "$repository"/*/backups | wc -l)" -eq 1 ] || fail "left: $(ls "$repository"/*/backups)"

echo "# a driver whose vendor works: the operation is not waited for within Execute"
rm -r plugins && mkdir vendor && echo 3 >vendor/.questions
PLUGINS=$PLUGINS/../tests/plugins
drop_in nas
cat >plugins/pintle.yaml <<END
apiVersion: pintle.io/v1alpha1
kind: PluginChain
metadata: {name: default}
spec:
  actions:
  - {name: pintle.io/nas, config: {driver: test, mountRoot: $work/run/vendor}}
END
RUN=b1
play nas-backup plugins >log && taken one3.json
play nas-vendor plugins
left_behind
