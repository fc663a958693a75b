# crash-backup-worker.sh -- a backup whose workers run out of memory, at 200 different allocations.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins good && chain_of good
strikes_everywhere backup worker
