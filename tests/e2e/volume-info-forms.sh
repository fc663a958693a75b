# volume-info-forms.sh -- volumeinfo.json in every form that a server may have written, and in forms that none has.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
mkdir in
python3 - <<'END'
import json
pv = lambda n: {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": n},
                "spec": {"persistentVolumeReclaimPolicy": "Retain", "capacity": {"storage": "1Gi"}, "hostPath": {"path": "/x"}}}
json.dump(pv("a[1],"), open("in/a.json", "w"))
json.dump(pv("b"), open("in/b.json", "w"))
END
run "$PINTLE" backup create b1 --from in
expect_status 0
info="pintle-store/backups/b1/b1-volumeinfo.json.gz"
n=0
restored() { # INFO a? b?: is each volume restored?
  n=$((n + 1))
  printf '%s' "$1" | gzip >"$info"
  run "$PINTLE" restore create "r$n" --from-backup b1 --to "to$n"
  expect_status 0
  for name in a b; do
    shift
    case $name in a) file="to$n/_cluster/persistentvolumes/a[1],.json" ;; b) file="to$n/_cluster/persistentvolumes/b.json" ;; esac
    if [ "$1" = yes ]; then expect_file "$file"; else expect_no_file "$file"; fi
  done
}
damaged() { # INFO
  n=$((n + 1))
  printf '%s' "$1" | gzip >"$info"
  run "$PINTLE" restore create "r$n" --from-backup b1 --to "to$n"
  expect_status 2
  expect_err "b1-volumeinfo.json.gz" "--restore-volumes=false"
  run "$PINTLE" restore create "s$n" --from-backup b1 --to "to$n" --restore-volumes=false
  expect_status 0
  expect_file "to$n/_cluster/persistentvolumes/b.json"
}
a='{"pvName":"a[1],","backupMethod":"PodVolumeBackup","q":"\"]},[{\\"}'
b='{"pvName":"b","backupMethod":"CSISnapshot","n":[[],{"]":"["}]}'
restored 'null' yes yes
restored '[]' yes yes
restored ' [ ] ' yes yes
restored "[$a]" no yes
restored " [ $a , $b ] " no no
restored "[$b,{\"pvName\":\"c\",\"backupMethod\":\"CSISnapshot\"},1,\"x,]\",null]" yes no
restored "[{\"pvName\":\"b\",\"backupMethod\":\"\"},$b]" yes yes # the first holds
restored "{\"volumeInfos\":[$a,$b]}" no no
restored '{"volumeInfos":null}' yes yes
restored '{"volumeInfos":[]}' yes yes
for bad in '' '[' "[$b" "[$b,]" "[,$b]" '"x"' 7 "[$b]]" "[$b}" "[$b] $b" "[$b,{]" '[{"a":]}' "{\"volumeInfos\":[$b]"; do damaged "$bad"; done
expect_clean
pass
