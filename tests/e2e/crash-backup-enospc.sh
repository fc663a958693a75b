# crash-backup-enospc.sh -- a backup in which every system call that changes something fails once with ENOSPC.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
strikes_everywhere backup ENOSPC
