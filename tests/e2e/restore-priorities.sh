# restore-priorities.sh -- the order of a restore, and its override with Velero's syntax.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
mkdir in
cat >in/all.yaml <<'END'
apiVersion: v1
kind: Service
metadata: {name: svc, namespace: shop}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: cm, namespace: shop}
---
apiVersion: v1
kind: Secret
metadata: {name: secret, namespace: shop}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: cron, namespace: shop}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec: {group: example.com, scope: Namespaced, names: {plural: widgets, kind: Widget}, versions: [{name: v1, served: true, storage: true}]}
---
apiVersion: example.com/v1
kind: Widget
metadata: {name: widget, namespace: shop}
---
apiVersion: v1
kind: Namespace
metadata: {name: shop}
END
run "$PINTLE" backup create b1 --from in
expect_status 0
n=0
order() { # EXPECTED [FLAG...]
  wanted=$1 && shift && n=$((n + 1))
  run "$PINTLE" restore create "r$n" --from-backup b1 --to "to$n" --events events "$@"
  expect_status 0
  got=$(python3 -c 'import json
for l in open("events"):
    e = json.loads(l)
    if e["type"] == "Item": print(e["name"])' | tr '\n' ' ')
  [ "$got" = "$wanted" ] || fail "order: $got, not $wanted: $*"
}
order "widgets.example.com shop secret cm svc cron web widget "
# Definitions go first whatever is said; what is not given stays as it is, so a Secret remains among the first.
order "widgets.example.com widget svc secret cm cron web shop " --restore-resource-priorities widgets.example.com,services,secrets,-,namespaces
order "widgets.example.com web cm cron shop secret svc widget " --restore-resource-priorities deployments.apps,configmaps
order "widgets.example.com svc web cm cron shop secret widget " --restore-resource-priorities=svc,deploy,-
order "widgets.example.com shop secret cm svc web widget cron " --restore-resource-priorities=-,cronjobs,secrets
order "widgets.example.com shop secret cm svc cron web widget " --restore-resource-priorities=-

order "widgets.example.com web cm cron shop secret svc widget " --restore-resource-priorities deployments,doesnotexist
log_of restore "r$n"
grep level=warning log >warnings
expect_in warnings "restore-resource-priorities: there is no resource doesnotexist"
[ "$(wc -l <warnings)" -eq 1 ] || fail "$(cat warnings)"

run "$PINTLE" restore create bad --from-backup b1 --to bad --restore-resource-priorities a,-,b,-
expect_status 2
expect_err 'multiple priority separator "-" found'
# It is the Restore's own: a resource in a file says it as well.
run "$PINTLE" restore create f1 --from-backup b1 --restore-resource-priorities=-,cronjobs -o yaml
expect_out 'pintle.io/restore-resource-priorities: "-,cronjobs"'
cp out f1.yaml
order "widgets.example.com shop secret cm svc web widget cron " -f f1.yaml
pass
