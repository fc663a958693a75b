# crash-delete-allocs.sh -- a deletion in which every allocation fails in turn, and all after it.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
strikes_everywhere delete allocs
