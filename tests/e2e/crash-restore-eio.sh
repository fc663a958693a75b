# crash-restore-eio.sh -- a restore in which every system call that changes something fails once with EIO.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
strikes_everywhere restore EIO
