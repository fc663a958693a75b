# cli-flags.sh -- no abbreviations, no unknown flags, nothing taken in silence; nothing is done meanwhile.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
items 2
refuses() { # HINT WORD...
  hint=$1 && shift
  run "$PINTLE" "$@"
  expect_status 2
  expect_err "pintle: " "$hint"
  [ ! -s out ] || fail "standard output of $*: $(head -c 100 out)"
}
refuses "did you mean --include-namespaces?" backup create b1 --from in --include-namespace shop
refuses "did you mean --dry-run?" backup create b1 --from in --dry
refuses "did you mean --from?" backup create b1 -from in
refuses "write it as 90s, 10m, 1h30m or 720h" backup create b1 --from in --ttl 30
refuses "did you mean yaml?" backup create b1 -o yml
refuses "there are unresolved|unmatched|volumes|warnings" backup create b1 --from in --fail-on warnings,everything
refuses "--from FILE" backup create b1 --from
refuses "cannot be used together" backup create b1 --from in -l a=b --or-selector 'a=b or c=d'
refuses "--from" backup create b1 --from in --kubeconfig x
refuses "a command's flags stand behind it" backup --dry-run create b1
refuses "one word too many" backup create b1 b2 --from in
refuses "lower case letters" backup create B_1 --from in
refuses "cannot both be standard input" backup create -f - --from -
expect_no_file "$store"
# What Velero takes is taken: values behind = or a blank, switches with and without a value, lists that repeat.
run "$PINTLE" backup create b1 --include-namespaces=a,b --include-namespaces c --snapshot-volumes=false --snapshot-move-data -l 'x in (y,z)' \
  --include-cluster-resources=false --csi-snapshot-timeout 5m -w -ojson --
expect_status 0
python3 - <<'END' || fail "the resource is not what was asked for"
import json
spec = json.load(open("out"))["spec"]
assert spec["includedNamespaces"] == ["a", "b", "c"], spec
assert spec["snapshotVolumes"] is False and spec["snapshotMoveData"] is True and spec["includeClusterResources"] is False
assert spec["csiSnapshotTimeout"] == "5m0s"
assert spec["labelSelector"] == {"matchExpressions": [{"key": "x", "operator": "In", "values": ["y", "z"]}]}
END
pass
