# crash-finalize-kill.sh -- a backup with an operation, killed at every system call that changes something.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
with_operation
strikes_everywhere finalize kill
