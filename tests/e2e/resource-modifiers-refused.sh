# resource-modifiers-refused.sh -- rules that are wrong are refused before anything happens, with file, line and what to write.
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
items 2
run "$PINTLE" backup create b1 --from in
expect_status 0
# The rules of m.yaml are refused with TEXT...
refused() {
  run "$PINTLE" restore create r1 --from-backup b1 --to to --resource-modifier-configmap m.yaml
  expect_status 2
  expect_err "$@"
  expect_no_file to
}
rule() { printf 'version: v1\nresourceModifierRules:\n- conditions: {groupResource: pods%s}\n  %s\n' "$1" "$2" >m.yaml; }
merge='mergePatches: [{patchData: "{a: b}"}]'
rule '' 'mergePatch: []'
refused m.yaml:4:3 '"mergePatch"' 'did you mean "mergePatches"?'
rule ', namespace: [a]' "$merge"
refused m.yaml:3:37 '"namespace"' 'did you mean "namespaces"?'
rule '' "$merge
  patches: [{operation: remove, path: /a}]"
refused m.yaml:4:3 "patches and mergePatches: a rule has one kind of patch"
rule '' 'patches: []'
refused m.yaml:3:3 "has no patch"
rule '' 'patches: [{operation: relpace, path: /a}]'
refused m.yaml:4:25 'did you mean "replace"?'
rule '' 'patches: [{operation: remove, path: a/b}]'
refused m.yaml:4:39 '"a/b" is not a JSON Pointer'
rule '' 'patches: [{operation: move, path: /a}]'
refused m.yaml:4:13 "operation move needs from"
rule '' 'patches: [{operation: add, path: /a, value: 5}]'
refused m.yaml:4:47 "must be text, not a number" 'put it in quotes: "5"'
rule '' 'patches: [{operation: add, path: /a, value: "[1"}]'
refused m.yaml:4:47 "it begins as JSON, but is none"
rule ', resourceNameRegex: "(a"' "$merge"
refused m.yaml:3:56 'resourceNameRegex "(a": a ( without its )'
rule ', resourceNameRegex: "(?s)a"' "$merge"
refused m.yaml:3:56 "is not understood"
rule ', labelSelector: {matchLabel: {a: b}}' "$merge"
refused m.yaml:3:53 'did you mean "matchLabels"?'
rule ', matches: [{path: /a, value: "{"}]' "$merge"
refused m.yaml:3:65 "it begins as JSON"
rule ', namespaces: ["[a"]' "$merge"
refused m.yaml:3:50 "is no pattern"
rule '' 'mergePatches: [{patchData: "[1]"}]'
refused m.yaml:4:30 "patchData must be a mapping"
rule '' 'strategicPatches:
  - patchData: |
      spec:
        a: 1
        a: 2'
refused m.yaml:8:9 '"a"'
printf 'version: v2\nresourceModifierRules: [{conditions: {groupResource: pods}, %s}]\n' "$merge" >m.yaml
refused m.yaml:1:10 "write version: v1"
printf 'version: v1\nresourceModifierRules: []\n' >m.yaml
refused m.yaml:2:24 "must not be empty"
printf 'version: v1\nresourceModifierRules:\n- conditions: {}\n  %s\n' "$merge" >m.yaml
refused m.yaml:3:15 '"groupResource" is missing'
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata: {a: x, b: z}\n' >m.yaml
refused m.yaml:4:7 'has 2 keys under data'
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata:\n  x: |\n    version: v1\n    resourceModifierRule: []\n' >m.yaml
refused m.yaml:7:5 'did you mean "resourceModifierRules"?'
run "$PINTLE" restore create r1 --from-backup b1 --to to --resource-modifier-configmap nowhere
expect_status 2
expect_err 'no ConfigMap named "nowhere" in the configuration' "nor is there a file of that name"
printf 'apiVersion: velero.io/v1\nkind: Restore\nmetadata: {name: r1}\nspec: {backupName: b1, resourceModifier: {kind: Secret, name: m}}\n' >r.yaml
run "$PINTLE" restore create -f r.yaml --to to
expect_status 2
expect_err 'spec.resourceModifier.kind is "Secret"' "write kind: ConfigMap"
run "$PINTLE" restore get r1
expect_status 1
expect_clean
pass
