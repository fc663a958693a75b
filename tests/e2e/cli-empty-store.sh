# cli-empty-store.sh -- with no configuration and nothing in the store, every reading command answers.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
rmdir plugins
PINTLE_PLUGIN_DIR=
for what in backup restore; do
  run "$PINTLE" $what get
  expect_status 0
  expect_err "No ${what}s found."
  run "$PINTLE" $what get -o json
  expect_status 0
  expect_out '"items": []' "$(echo $what | sed 's/b/B/; s/^r/R/')List"
  run "$PINTLE" $what get nobody
  expect_status 1
  expect_err "$what \"nobody\" not found"
  run "$PINTLE" $what delete --all --confirm
  expect_status 0
done
run "$PINTLE" backup-location get
expect_status 0
expect_out default pintle.io/file true "built in"
run "$PINTLE" snapshot-location get
expect_status 0
run "$PINTLE" plugin list
expect_status 0
run "$PINTLE" chain show
expect_status 0
pass
