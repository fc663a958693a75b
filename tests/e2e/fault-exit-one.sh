# fault-exit-one.sh -- a plugin that ends its process as if all were well, at one item of 60.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
strikes_one exit "ended its process (exit status 0)"
pass
