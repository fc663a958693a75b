# abi-frozen-doors.sh -- what plugins can do works for those compiled with the frozen headers: other tests of this directory, run with them.
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
mkdir fixtures
sh "$here/../abi/frozen.sh" fixtures good run_block run_delete run_finish run_snapshotter run_state run_store run_yields \
  >build.log 2>&1 || fail "frozen.sh: $(cat build.log)"
wrong=
for test in additional-items ask-state delete-actions finish item-blocks store-plugin volume-snapshots; do
  PLUGINS=$work/fixtures SCRATCH=$work/tmp sh "$here/$test.sh" >"$test.log" 2>&1
  code=$?
  [ $code -eq 0 ] || wrong="$wrong
$(cat "$test.log")"
done
[ -z "$wrong" ] || fail "$wrong"
pass
