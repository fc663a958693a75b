# usage.sh -- mistakes on the command line: exit status 2, and the nearest right word.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
items 3
two() { run "$PINTLE" "$@" && expect_status 2; }
two backup create b1 --form in && expect_err --from
two backup crate b1 --from in && expect_err create
two backup create b1 --from in --concurrency many
two backup create b1 --from in --ttl 3 && expect_err 3
two backup create Not_A_Name --from in && expect_err Not_A_Name
two backup create ../b1 --from in
two backup create b1
two backup create b1 --from in --include-resources pods --include-cluster-scoped-resources nodes
two backup create b1 --from in -l 'a in (' && expect_err --selector
two restore create r1 --to to
two restore create r1 --from-backup b1
two backup create b1 --from in --storage-location nowhere && expect_err nowhere
two backup create b1 --from in --config nowhere.yaml && expect_err nowhere.yaml
expect_no_file "$store/backups"
run "$PINTLE" backup create b1 --from nowhere
[ "$status" -eq 1 ] || [ "$status" -eq 2 ] || fail "exit status $status"
expect_err nowhere
run "$PINTLE" --help
expect_status 0
expect_out backup restore plugin chain
run "$PINTLE" backup create --help
expect_status 0
expect_out --from --dry-run "pintle backup create b1"
run "$PINTLE" version
expect_status 0
for shell in bash zsh fish; do
  run "$PINTLE" completion $shell
  expect_status 0
  [ -s out ] || fail "no completion for $shell"
done
pass
