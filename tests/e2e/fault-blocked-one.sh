# fault-blocked-one.sh -- a plugin that waits in the kernel for what never comes, with all signals blocked, at one item of 60.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
strikes_one blocked "exceeded the deadline of 2.0 s"
pass
