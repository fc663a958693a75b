# deterministic.sh -- the same entries and bytes for any number of workers.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins good run_yields && items 60
cat >in/asks.json <<'END'
{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"asks","namespace":"shop","annotations":{"tests.pintle.io/asks":"configmaps shop item-59, configmaps shop item-40"}}}
END
cp -r "$here/manifests" in/
for n in 1 2 5 9; do
  run "$PINTLE" backup create "b$n" --from in --concurrency "$n"
  expect_status 0
  python3 "$here/tar_list.py" "$store/backups/b$n/b$n.tar.gz" >"tar$n" || fail tar_list.py
  gzip -dc "$store/backups/b$n/b$n-resource-list.json.gz" >"list$n"
  expect_same tar1 "tar$n"
  expect_same list1 "list$n"
done
[ -s tar1 ] && [ -s list1 ] || fail "nothing to compare"
pass
