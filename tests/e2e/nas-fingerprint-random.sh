# nas-fingerprint-random.sh -- backups, restores and deletions are killed at moments of chance; what was complete stays.  SPDX-License-Identifier: Apache-2.0
# Environment: NAS_ROUNDS, times two rounds (1).
. "$(dirname "$0")/lib.sh"
. "$here/nas-share.sh"
make_share && share_chain
edit() { # round
  head -c $((200000 + $1 * 1000)) /dev/urandom >"$share/dir/new-$(($1 % 7))" && echo "$1" >"$share/dir/inner/round"
  printf '%s' "$1" | dd of="$share/large" bs=1 seek=$(($1 * 770000 % 9000000)) conv=notrunc 2>/dev/null
}
chance() { python3 -c 'import random, sys; print("%.3f" % random.uniform(0, float(sys.argv[1])))' "$1"; }
killed_within() { # SECONDS COMMAND...
  within=$(chance "$1")
  shift
  "$@" >out 2>err </dev/null &
  running=$!
  sleep "$within"
  kill_run
  [ ! -d "$store/plugins/pintle.io/runs" ] || age_runs
}
phase() { phase_of "$1" "$2" 2>/dev/null || :; }

sleep 2.1
list_share "$share" good.list
run "$PINTLE" backup create good --from in
expect_status 0
round=0
while [ $round -lt $((2 * ${NAS_ROUNDS:-1})) ]; do
  round=$((round + 1))
  edit $round
  killed_within 0.6 "$PINTLE" backup create "b$round" --from in
  case $(phase backup "b$round") in
  Completed) ;;
  '') run "$PINTLE" backup create "b$round" --from in && expect_status 0 ;;
  *) run "$PINTLE" backup continue "b$round" && expect_status 0 ;;
  esac
  list_share "$share" "$round.list"
  killed_within 0.6 "$PINTLE" restore create "k$round" --from-backup "b$round" --to "to$round"
  rm -rf "$work"/restored/* "to$round"
  run "$PINTLE" restore create "r$round" --from-backup "b$round" --to "to-$round"
  expect_status 0
  expect_restored "$round.list"
  killed_within 0.3 "$PINTLE" backup delete "b$round" --confirm
  [ -z "$(phase backup "b$round")" ] || { run "$PINTLE" backup delete "b$round" --confirm && expect_status 0; }
  [ -z "$(phase backup "b$round")" ] || fail "b$round is still there"
done
run "$PINTLE" restore create last --from-backup good --to last
expect_status 0
expect_restored good.list
pass
