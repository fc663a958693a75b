# fault-segv-one.sh -- a plugin that writes through a pointer to nowhere, at one item of 60.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
strikes_one segv "crashed (SIGSEGV)"
pass
