# restore-malformed.sh -- a malformed item in a directory to restore from: its place, the others are whole.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
items 20 && items 20 good
printf '{"apiVersion":"v1",\n "kind":"ConfigMap",\n "metadata":{"name":"x" "namespace":"y"}}' >in/a-broken.json
run "$PINTLE" restore create r1 --from in --to to
expect_status 3
log_of restore r1
expect_in log in/a-broken.json:3:25
compare good to --restored in r1
pass
