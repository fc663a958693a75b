# fault-leak_fd.sh -- a plugin that leaks descriptors: its worker may run out of them, the run does not.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins good run_leak_fd && items 60 && chain leak_fd '*'
run "$PINTLE" backup create b1 --from in --concurrency 1
expect_status 0
expect_clean
compare in "$store/backups/b1/b1.tar.gz" --annotated tests.pintle.io/good=backup --annotated tests.pintle.io/leak=yes
pass
