# crash-restore-kill.sh -- a restore killed at every system call that changes something.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
strikes_everywhere restore kill
