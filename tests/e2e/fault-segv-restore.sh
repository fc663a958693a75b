# fault-segv-restore.sh -- a plugin that writes through a pointer to nowhere, at one item of a restore.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
strikes_one_restore segv "crashed (SIGSEGV)"
pass
