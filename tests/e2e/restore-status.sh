# restore-status.sh -- the stored status comes back where the Restore or the item asks for it.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
mkdir in
one() { # KIND NAME [ANNOTATION]
  printf '{"apiVersion":"apps/v1","kind":"%s","metadata":{"name":"%s","namespace":"shop","annotations":{%s}},"spec":{},"status":{"replicas":3}}\n' \
    "$1" "$2" "${3:+\"velero.io/restore-status\":\"$3\"}" >"in/$1-$2.json"
}
one Deployment plain
one Deployment "yes" " True "
one Deployment "no" false
one Deployment odd maybe
one StatefulSet plain
printf '{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"shop"},"status":{"phase":"Active"}}\n' >in/ns.json
run "$PINTLE" backup create b1 --from in
expect_status 0
with_status() { grep -rl '"replicas": 3\|"phase": "Active"' "$1" | sed "s,^$1/,," | sort | tr '\n' ' '; }
expect_with() { # DIR FILES
  have=$(with_status "$1")
  [ "$have" = "$2" ] || fail "with a status: $have; wanted: $2"
}
run "$PINTLE" restore create r1 --from-backup b1 --to r1
expect_status 0
expect_with r1 "shop/deployments.apps/yes.json "
expect_err 'annotation velero.io/restore-status is "maybe", neither true nor false'
run "$PINTLE" restore create r2 --from-backup b1 --to r2 --status-include-resources deployments
expect_with r2 "shop/deployments.apps/odd.json shop/deployments.apps/plain.json shop/deployments.apps/yes.json "
run "$PINTLE" restore create r3 --from-backup b1 --to r3 --status-exclude-resources deployments.apps
expect_with r3 "shop/deployments.apps/yes.json shop/statefulsets.apps/plain.json "
# What is there already keeps the status that it has.
sed -i 's/"replicas": 3/"replicas": 9/' r1/shop/deployments.apps/yes.json
run "$PINTLE" restore create r4 --from-backup b1 --to r1 --existing-resource-policy update
expect_status 0
grep -q '"replicas": 9' r1/shop/deployments.apps/yes.json || fail "the status that was there is gone"
grep -q '"velero.io/restore-name": "r4"' r1/shop/deployments.apps/plain.json || fail "the label of the later restore is missing"
expect_out "0 created, 0 updated"
pass
