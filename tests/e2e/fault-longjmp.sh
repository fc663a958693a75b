# fault-longjmp.sh -- a plugin that jumps out of its call: its item fails by its name, the others are whole.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins good run_longjmp && items 60
for variant in listing create; do
  chain longjmp item-30 FailItem $variant
  run "$PINTLE" backup create $variant --from in --concurrency 1
  expect_status 3
  expect_within 20
  expect_clean
  compare in "$store/backups/$variant/$variant.tar.gz" --annotated tests.pintle.io/good=backup --missing item-30
  log_of backup $variant
  grep -F item-30 log | grep level=error >blame
  expect_in blame tests.pintle.io/longjmp
done
pass
