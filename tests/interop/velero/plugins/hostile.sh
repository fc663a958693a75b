#!/bin/sh
# hostile.sh PINTLE -- HTTP/2 and gRPC as they should not be, at pintle's drop-in.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh" "$1"
drop_in good store slow
item other y x
export ROOT="$work/run/store"
limit=180
play hostile plugins/velero-plugin-pintle direct
left_behind
if [ -n "$(find store -name '*.part' | head -n 1)" ]; then fail "left behind: $(find store -name '*.part')"; fi
