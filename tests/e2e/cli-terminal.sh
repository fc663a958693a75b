# cli-terminal.sh -- nothing from a store reaches a terminal raw; colours and the bar are for terminals only.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
command -v script >/dev/null || skip "no script(1)"
items 3
escape=$(printf '\033')
run "$PINTLE" backup create b1 --from in
expect_status 0
expect_not_in err "$escape"
# A Backup whose labels and phase hold escape sequences, as anyone with access to the bucket can write it.
python3 - "$store/backups/b1/velero-backup.json" <<'END'
import json, sys
d = json.load(open(sys.argv[1]))
d["metadata"]["labels"]["evil"] = "\x1b]0;title\x07\x9b31m"
d["metadata"]["annotations"]["evil\x1b[2J"] = "\u202etxt"
d["status"]["phase"] = "Com\x1b[31mpleted"
json.dump(d, open(sys.argv[1], "w"), ensure_ascii=False)
END
for how in "get --show-labels" "describe" "get -o json" "get -o yaml" "describe -o json"; do
  # shellcheck disable=SC2086
  run "$PINTLE" backup ${how%% *} b1 $(echo "$how" | cut -s -d' ' -f2-)
  expect_status 0
  expect_not_in out "$escape"
done
screen() { TERM=xterm script -qec "$1" /dev/null >out 2>err </dev/null; }
for how in "get b1 --show-labels" "get b1 -o json" "get b1 -o yaml"; do
  screen "$PINTLE backup $how"
  expect_not_in out "$escape" "$(printf '\302\233')" "$(printf '\342\200\256')"
done
screen "$PINTLE backup describe b1"
expect_out "$(printf '\033[1mb1\033[0m')"
expect_not_in out "$(printf '\033]')" "$(printf '\033[2J')" "$(printf '\033[31mpleted')"
screen "$PINTLE backup describe b1 --colorized=false"
expect_not_in out "$escape"
screen "NO_COLOR=1 $PINTLE backup describe b1"
expect_not_in out "$escape"
run "$PINTLE" backup describe b1 --colorized
expect_out "$(printf '\033[1mb1\033[0m')"
screen "$PINTLE backup create b2 --from in"
expect_out "$(printf '\033[K')" "completed with status: Completed"
pass
