# signal-slow.sh -- SIGTERM while a slow plugin runs: a clean end within 15 s.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
interrupted_by TERM slow
expect_code 143
pass
