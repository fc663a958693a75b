# restore-finished.sh -- Pods and Jobs that had ended, and mirror Pods, are not restored, however their text is written.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
mkdir in
item() { # API-VERSION KIND NAME MORE-METADATA STATUS
  printf '{"apiVersion":"%s","kind":"%s","metadata":{"name":"%s","namespace":"shop"%s},"spec":{},"status":{%s}}\n' "$@" >"in/$3.json"
}
item v1 Pod ended '' '"phase":"Succeeded"'
item v1 Pod failed '' '"phase":"Failed"'
item v1 Pod escaped '' '"phase":"F\u0061iled"'
item v1 Pod mirror ',"annotations":{"kubernetes.io/config.mirror":"x"}' '"phase":"Running"'
item v1 Pod slash ',"annotations":{"kubernetes.io\/config.mirror":"x"}' '"phase":"Running"'
item v1 Pod running ',"annotations":{"Failed":"Succeeded"}' '"phase":"Running"'
item batch/v1 Job complete '' '"completionTime":"2026-01-01T00:00:00Z"'
item batch/v1 Job active '' '"active":1'
run "$PINTLE" backup create b1 --from in
expect_status 0
run "$PINTLE" restore create r1 --from-backup b1 --to to
expect_status 0
(cd to && find . -type f | sort) >found
printf './shop/jobs.batch/active.json\n./shop/pods/running.json\n' >expected
expect_same found expected
pass
