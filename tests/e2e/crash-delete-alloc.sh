# crash-delete-alloc.sh -- a deletion in which every allocation fails in turn, once.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
strikes_everywhere delete alloc
