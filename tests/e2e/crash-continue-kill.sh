# crash-continue-kill.sh -- `backup continue` killed at every system call that changes something.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
with_operation
strikes_everywhere continue kill
