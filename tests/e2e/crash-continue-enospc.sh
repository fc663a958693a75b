# crash-continue-enospc.sh -- `backup continue` in which every system call that changes something fails once with ENOSPC.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
with_operation
strikes_everywhere continue ENOSPC
