# crash-restore-continue-enospc.sh -- `restore continue` in which every system call that changes something fails once with ENOSPC.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
with_operation ""
strikes_everywhere restore-continue ENOSPC
