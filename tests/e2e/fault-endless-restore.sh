# fault-endless-restore.sh -- a plugin that loops for ever, at one item of a restore.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
strikes_one_restore endless "exceeded the deadline of 2.0 s"
pass
