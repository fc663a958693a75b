# fault-exit-all.sh -- a plugin that ends its process as if all were well, at every item: quarantine, and the three onError.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
strikes_all exit "ended its process (exit status 0)"
pass
