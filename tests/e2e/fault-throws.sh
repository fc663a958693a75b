# fault-throws.sh -- a C++ exception that leaves its function costs its item; one that passes the host's frames does no harm.
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
[ -f "$PLUGINS/run_throws.so" ] || skip "there is no C++ compiler"
plugins good run_throws && items 60
for variant in out listing; do
  chain throws item-30 FailItem $variant
  run "$PINTLE" backup create $variant --from in --concurrency 1
  expect_status 3
  expect_within 20
  expect_clean
  compare in "$store/backups/$variant/$variant.tar.gz" --annotated tests.pintle.io/good=backup --missing item-30
  log_of backup $variant
  grep -F item-30 log | grep level=error >blame
  expect_in blame tests.pintle.io/throws "$([ $variant = out ] && echo SIGABRT || echo 'thrown in a listing')"
done
pass
