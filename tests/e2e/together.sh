# together.sh -- of eight backups of one name begun together one is made, whole; the others are refused.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins good && items 60
for i in 1 2 3 4 5 6 7 8; do
  ("$PINTLE" backup create b1 --from in --concurrency 1 >out.$i 2>err.$i; echo $? >status.$i) &
done
wait
[ "$(cat status.* | grep -c '^0$')" -eq 1 ] || fail "exit statuses: $(cat status.* | tr '\n' ' ')"
[ "$(cat status.* | grep -cE '^[12]$')" -eq 7 ] || fail "exit statuses: $(cat status.* | tr '\n' ' ')"
run "$PINTLE" backup verify b1
expect_status 0
compare in "$store/backups/b1/b1.tar.gz" --annotated tests.pintle.io/good=backup
for i in 1 2 3 4 5 6 7 8; do ("$PINTLE" backup create "b1$i" --from in --concurrency 1 >out.$i 2>err.$i; echo $? >status.$i) & done
wait
[ "$(cat status.* | grep -c '^0$')" -eq 8 ] || fail "of eight names, exit statuses: $(cat status.* | tr '\n' ' ')"
expect_clean
pass
