# fault-segv-all.sh -- a plugin that writes through a pointer to nowhere, at every item: quarantine, and the three onError.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
strikes_all segv "crashed (SIGSEGV)"
pass
