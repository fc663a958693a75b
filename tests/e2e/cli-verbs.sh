# cli-verbs.sh -- verbs work both ways, with Velero's aliases.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
same() { # two command lines, separated by "="
  first= second= at=first
  for word; do
    if [ "$word" = = ]; then at=second; else eval "$at=\"\$$at \$word\""; fi
  done
  # shellcheck disable=SC2086
  run "$PINTLE" $first --help
  expect_status 0
  cp out one
  # shellcheck disable=SC2086
  run "$PINTLE" $second --help
  expect_status 0
  expect_same out one
}
same backup get = get backups
same backup get = get backup
same backups list = get backups
same backup create = create backup
same backup describe = describe backups
same restore delete = delete restore
same restore get = get restores
same plugin list = plugin get
same plugin list = get plugins
same backup-location get = get backup-locations
same snapshot-location get = get snapshot-locations
run "$PINTLE" --log-format json get backups # global flags may come first
expect_status 0
run "$PINTLE" backup frob
expect_status 2
run "$PINTLE" get frobs
expect_status 2
pass
