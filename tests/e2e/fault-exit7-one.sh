# fault-exit7-one.sh -- a plugin that ends its process at once, with a status of its own, at one item of 60.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
strikes_one exit7 "ended its process (exit status 7)"
pass
