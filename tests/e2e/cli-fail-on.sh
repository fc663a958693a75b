# cli-fail-on.sh -- exit status 4 comes before 0 and 3, not before 1 and 2; what was written stays.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
items 2
run "$PINTLE" backup create b1 --from in --fail-on warnings,unresolved,unmatched,volumes
expect_status 0
mkdir volume && cat >volume/pv.yaml <<'END'
apiVersion: v1
kind: PersistentVolume
metadata: {name: pv-1}
spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], hostPath: {path: /x}}
END
run "$PINTLE" backup create b2 --from volume
expect_status 0
run "$PINTLE" backup create b3 --from volume --fail-on volumes
expect_status 4
expect_err "--fail-on volumes: 1 volume "
run "$PINTLE" backup get b3
expect_out Completed
cp -r in twice && cp in/item-00.json twice/z.json # of an object that occurs twice a warning tells
run "$PINTLE" backup create b4 --from twice
expect_status 0
run "$PINTLE" backup create b5 --from twice --fail-on warnings
expect_status 4
echo '{' >twice/broken.json
run "$PINTLE" backup create b6 --from twice
expect_status 3
run "$PINTLE" backup create b7 --from twice --fail-on warnings
expect_status 4
run "$PINTLE" backup create b7 --from twice --fail-on warnings
expect_status 2
plugins good run_unresolved && chain unresolved item-01
for d in "" --dry-run; do
  run "$PINTLE" backup create "c$d" --from in --fail-on unresolved $d
  expect_status 4
  expect_err "--fail-on unresolved: 1 unresolved reference"
  run "$PINTLE" backup create "d$d" --from in --fail-on unmatched,volumes $d
  expect_status 0
done
pass
