# fault-rubbish_ask.sh -- a question that cannot be costs the worker its life and the item its place, nothing else.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins good run_rubbish_ask && items 60
for variant in what entry; do
  chain rubbish_ask item-00 FailItem $variant
  run "$PINTLE" backup create $variant --from in --concurrency 1
  expect_status 3
  expect_within 20
  expect_clean
  compare in "$store/backups/$variant/$variant.tar.gz" --annotated tests.pintle.io/good=backup --missing item-00
  log_of backup $variant
  grep -F item-00 log | grep level=error >blame
  expect_in blame "tests.pintle.io/rubbish_ask" "it sent what is no frame of ours"
done
pass
