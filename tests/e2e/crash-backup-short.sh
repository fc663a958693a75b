# crash-backup-short.sh -- a backup in which reads and writes move half of what they should, from one on.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
strikes_everywhere backup shorts 30
