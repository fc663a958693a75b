# fault-endless-one.sh -- a plugin that loops for ever, at one item of 60.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
strikes_one endless "exceeded the deadline of 2.0 s"
pass
