# fault-endless-all.sh -- a plugin that loops for ever, at every item: quarantine, and the three onError.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
strikes_all endless "exceeded the deadline of 2.0 s"
pass
