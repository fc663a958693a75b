# round-trip.sh -- every item of varied manifests comes out of backup and restore as it went in.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
run "$PINTLE" backup create b1 --from "$here/manifests"
expect_status 0
expect_clean
compare "$here/manifests.expected.json" "$store/backups/b1/b1.tar.gz"
run "$PINTLE" backup verify b1
expect_status 0
run "$PINTLE" restore create r1 --from-backup b1 --to to
expect_status 0
expect_clean
compare "$here/manifests.expected.json" to --restored b1 r1
# As files lie in the target: namespace or _cluster, resource.group, name; nothing else.
for f in shop/deployments.apps/web _cluster/namespaces/shop _cluster/gadgetries.example.com/big shop/widgets.example.com/numbers \
  shop/configmaps/texts _cluster/persistentvolumes/pv-1; do expect_file "to/$f.json"; done
long=$(find to/shop/configmaps -name 'nnnn*' | sed 's,.*/,,')
[ ${#long} -eq 218 ] || fail "the long name became ${#long} bytes: $long"
name=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["metadata"]["name"], end="")' "to/shop/configmaps/$long")
hash=$(printf %s "$name" | sha256sum | cut -c 1-12)
[ "$long" = "$(printf %s "$name" | cut -c 1-200)~$hash.json" ] || fail "the long name became $long"
pass
