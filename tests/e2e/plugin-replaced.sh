# plugin-replaced.sh -- plugins overwritten and truncated in a run: the run keeps what it sealed.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins good run_slow && items 60 && chain slow item-30
run cp plugins/good.so whole.so
"$PINTLE" backup create b1 --from in --concurrency 1 >run.out 2>run.err &
running=$!
sleep 1
kill -0 "$running" || fail "it did not wait"
printf 'rubbish' >plugins/good.so
: >plugins/run_slow.so
rm plugins/run_slow.so
wait "$running"
status=$?
cp run.err err
expect_status 3
expect_clean
compare in "$store/backups/b1/b1.tar.gz" --annotated tests.pintle.io/good=backup --missing item-30
gzip -dc "$store/backups/b1/b1-pintle.json.gz" >manifest
expect_in manifest "$(sha256sum <whole.so | cut -d ' ' -f 1)"
pass
