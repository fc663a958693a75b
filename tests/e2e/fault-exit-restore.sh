# fault-exit-restore.sh -- a plugin that ends its process as if all were well, at one item of a restore.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
strikes_one_restore exit "ended its process (exit status 0)"
pass
