# crash-restore-continue-kill.sh -- `restore continue` killed at every system call that changes something.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
with_operation ""
strikes_everywhere restore-continue kill
