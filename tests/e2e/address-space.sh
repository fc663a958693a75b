# address-space.sh -- 100,000 items in 64 MiB of address space: done, or refused with a word; never a crash.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
python3 -c '
import json
with open("list.json", "w") as f:
    f.write("{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[")
    for i in range(100000):
        f.write("%s{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"c%06d\",\"namespace\":\"shop\"},\"data\":{\"k\":\"v\"}}" % ("," if i else "", i))
    f.write("]}")
'
mkdir in && mv list.json in
for kib in 65536 49152 32768 16384; do
  run sh -c "ulimit -v $kib && exec \"$PINTLE\" backup create b$kib --from in --concurrency 1"
  echo "# $kib KiB: status $status"
  [ "$status" -le 3 ] || [ "$status" -eq 127 ] || fail "status $status with $kib KiB"
  if [ "$status" -eq 0 ]; then
    run "$PINTLE" backup verify b$kib
    expect_status 0
  else
    [ -s "$work/err" ] || fail "status $status without a word"
    expect_no_file "$store/backups/b$kib/velero-backup.json"
  fi
done
pass
