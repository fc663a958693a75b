# crash-delete-enospc.sh -- a deletion in which every system call that changes something fails once with ENOSPC.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
strikes_everywhere delete ENOSPC
