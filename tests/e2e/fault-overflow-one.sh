# fault-overflow-one.sh -- a plugin that calls itself until the stack is full, at one item of 60.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
strikes_one overflow "crashed (SIGSEGV)"
pass
