# concurrency-0.sh -- with --concurrency 0 the chain runs inside pintle, and it says so.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins good run_fails && items 20 && chain fails item-03
run "$PINTLE" backup create b1 --from in --concurrency 0
expect_status 3
grep -qi "isolation" err || fail "it does not say that there is no isolation"
compare in "$store/backups/b1/b1.tar.gz" --annotated tests.pintle.io/good=backup --missing item-03
expect_clean
pass
