# cycle.sh -- two items that ask for each other are both backed up, and nobody waits.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins run_cycle good && items 60
for n in 1 5; do
  run "$PINTLE" backup create "b$n" --from in --concurrency "$n"
  expect_status 0
  expect_within 10
  compare in "$store/backups/b$n/b$n.tar.gz" --annotated tests.pintle.io/good=backup
done
expect_clean
pass
