# crash-restore-short.sh -- a restore in which reads and writes move half of what they should, from one on.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
strikes_everywhere restore shorts 30
