# crash-continue-eio.sh -- `backup continue` in which every system call that changes something fails once with EIO.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
with_operation
strikes_everywhere continue EIO
