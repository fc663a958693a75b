# fault-abort-one.sh -- a plugin that aborts, as a failed assertion does, at one item of 60.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
strikes_one abort "crashed (SIGABRT)"
pass
