# crash-restore-alloc.sh -- a restore in which every allocation fails in turn, once.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
OPTIONS="--concurrency 0" && export OPTIONS
strikes_everywhere restore alloc
