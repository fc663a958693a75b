# lib.sh -- what every test of this directory begins with: a scratch directory, and words to expect with.  SPDX-License-Identifier: Apache-2.0
#
#   . "$(dirname "$0")/lib.sh"
#   plugins good                      copies good.so into the plugin directory of this test
#   items 60                          makes in/ with 60 ConfigMaps
#   run "$PINTLE" backup create b1 --from in
#   expect_status 0
#   pass
#
# Environment: PINTLE, the program; PLUGINS, the directory of the built fixtures; SCRATCH, where scratch directories are made. Exit status: 0 ok,
# 1 not ok, 77 skipped. HOME marks every process of a test, so that none is overlooked (expect_no_process).
set -u
LC_ALL=C
export LC_ALL
: "${PINTLE:?name the program to test}" "${PLUGINS:?name the directory of the fixtures}"
here=$(cd "$(dirname "$0")" && pwd)
test_name=$(basename "$0" .sh)
PINTLE=$(cd "$(dirname "$PINTLE")" && pwd)/$(basename "$PINTLE")
PLUGINS=$(cd "$PLUGINS" && pwd)
work=$(mktemp -d "${SCRATCH:-${TMPDIR:-/tmp}}/pintle-$test_name.XXXXXX") || exit 1
unset XDG_CONFIG_HOME PINTLE_CONFIG
HOME=$work/home
TMPDIR=$work/tmp
PINTLE_PLUGIN_DIR=$work/plugins
export HOME TMPDIR PINTLE_PLUGIN_DIR
mkdir "$HOME" "$TMPDIR" "$PINTLE_PLUGIN_DIR"
cd "$work" || exit 1
store=$work/pintle-store
mounted=

ours() (
  marked="^HOME=$HOME\$" HOME=/ # not this one
  grep -lz "$marked" /proc/[0-9]*/environ 2>/dev/null | sed 's,/proc/\([0-9]*\)/.*,\1,'
)
leave() {
  for pid in $(ours); do kill -9 "$pid" 2>/dev/null; done
  if [ -n "$mounted" ]; then umount -l "$mounted"; fi
  cd / && chmod -R u+w "$work" && rm -rf "$work"
}
trap leave EXIT
trap 'exit 1' INT TERM HUP

pass() { echo "ok $test_name" && exit 0; }
skip() { echo "skip $test_name - $*" && exit 77; }
fail() {
  echo "not ok $test_name - $*"
  for f in out err; do
    if [ -s "$work/$f" ]; then echo "# last standard $f:" && tail -n 15 "$work/$f" | cut -c 1-600 | sed 's/^/#   /'; fi
  done
  exit 1
}

# ---- running
run() {
  seconds=$(date +%s)
  "$@" >"$work/out" 2>"$work/err" </dev/null
  status=$?
  seconds=$(($(date +%s) - seconds))
  command_line=$*
  if grep -q 'runtime error: ' "$work/err"; then fail "a sanitizer complains: $command_line"; fi
}
expect_status() { [ "$status" -eq "$1" ] || fail "exit status $status, not $1: $command_line"; }
expect_within() { [ "$seconds" -le "$1" ] || fail "took $seconds s, more than $1: $command_line"; }
expect_in() { # FILE TEXT...
  f=$1 && shift
  for text; do grep -qF -e "$text" "$f" || fail "$(basename "$f") lacks \"$text\": ${command_line-}"; done
}
expect_not_in() {
  f=$1 && shift
  for text; do if grep -qF -e "$text" "$f"; then fail "$(basename "$f") says \"$text\": ${command_line-}"; fi; done
}
expect_out() { expect_in "$work/out" "$@"; }
expect_err() { expect_in "$work/err" "$@"; }
expect_file() { [ -f "$1" ] || fail "there is no file $1"; }
expect_no_file() { [ ! -e "$1" ] || fail "there is $1"; }
expect_same() { cmp -s "$1" "$2" || fail "$1 and $2 differ"; }
# No process of this test is left, and no temporary file. A killed one needs a moment to go.
expect_clean() {
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    left=$(ours)
    [ -z "$left" ] && break
    sleep 0.1
  done
  [ -z "$left" ] || fail "left behind: $(for p in $left; do tr '\0' ' ' <"/proc/$p/cmdline"; done 2>&1)"
  [ -z "$(ls -A "$TMPDIR")" ] || fail "left behind in TMPDIR: $(ls -A "$TMPDIR" | head -n 3)"
}
# The log of a backup or restore in the file "log".
log_of() { # KIND NAME
  "$PINTLE" "$1" logs "$2" >"$work/log" 2>"$work/log.err" || fail "$1 logs $2: $(head -n 1 "$work/log.err")"
  if grep -q 'runtime error: ' "$work/log"; then fail "a sanitizer complains in a worker"; fi
}

# ---- input
plugins() { for p; do cp "$PLUGINS/$p.so" "$PINTLE_PLUGIN_DIR/" && chmod 0644 "$PINTLE_PLUGIN_DIR/$p.so" || fail "no plugin $p"; done; }
items() { python3 "$here/make_items.py" "$@" || fail "make_items.py"; }
compare() { python3 "$here/compare.py" "$@" >"$work/out" 2>"$work/err" || fail "compare $*"; }
# A chain of one faulty action, then the good one. FAULT [ITEM [ONERROR [VARIANT]]]
chain() {
  cat >pintle.yaml <<END
apiVersion: pintle.io/v1alpha1
kind: PluginChain
metadata: {name: default}
spec:
  actions:
  - name: tests.pintle.io/$1
    timeout: 2s
    onError: ${3-FailItem}
    config: {item: "${2-victim}", variant: "${4-}"}
  - name: tests.pintle.io/good
END
}

# ---- the same for many faults
# One item of 60 is struck: the run ends in time, every other item is whole, the message says who, where and how to repeat it. FAULT HOW [VARIANT]
strikes_one() {
  plugins good "run_$1" && items 60 && chain "$1" item-30 FailItem "${3-}"
  run "$PINTLE" backup create b1 --from in
  expect_status 3
  expect_within 20
  expect_clean
  compare in "$store/backups/b1/b1.tar.gz" --annotated tests.pintle.io/good=backup --missing item-30
  log_of backup b1
  grep -F item-30 "$work/log" | grep level=error >"$work/blame"
  expect_in "$work/blame" "tests.pintle.io/$1" "run_$1.so" "$2" "pintle chain run --phase backup --action tests.pintle.io/$1"
  run "$PINTLE" backup verify b1
  expect_status 0
}
# The same item in a restore.
strikes_one_restore() {
  plugins good && items 60 && run "$PINTLE" backup create b1 --from in
  expect_status 0
  plugins "run_$1" && chain "$1" item-30 FailItem "${3-}"
  run "$PINTLE" restore create r1 --from-backup b1 --to to
  expect_status 3
  expect_within 20
  expect_clean
  compare in to --annotated tests.pintle.io/good=restore --restored b1 r1 --missing item-30
  log_of restore r1
  grep -F item-30 "$work/log" | grep level=error >"$work/blame"
  expect_in "$work/blame" "tests.pintle.io/$1" "run_$1.so" "$2" "pintle chain run --phase restore --action tests.pintle.io/$1"
}
# Every item is struck. FailItem: all fail by its name, from the third blow on without a call. Warn: those pass. FailRun: no backup.
strikes_all() {
  plugins good "run_$1" && items 60 && chain "$1" '*'
  run "$PINTLE" backup create b1 --from in
  expect_status 3
  expect_within 30
  expect_clean
  log_of backup b1
  expect_in "$work/log" "action tests.pintle.io/$1 is quarantined"
  n=$(grep level=error "$work/log" | grep "name=item-" | grep -cF "tests.pintle.io/$1")
  [ "$n" -eq 60 ] || fail "$n of 60 items failed by the name of tests.pintle.io/$1"
  n=$(grep level=error "$work/log" | grep "name=item-" | grep -cF "$2")
  [ "$n" -ge 3 ] && [ "$n" -le 8 ] || fail "$n items were struck before the quarantine"

  chain "$1" '*' Warn
  run "$PINTLE" backup create b2 --from in
  expect_clean
  log_of backup b2
  n=$(python3 "$here/compare.py" in "$store/backups/b2/b2.tar.gz" --annotated tests.pintle.io/good=backup --count)
  [ "$n" -ge 52 ] || fail "only $n items passed with onError: Warn"

  chain "$1" '*' FailRun
  run "$PINTLE" backup create b3 --from in
  expect_status 1
  expect_clean
  expect_err "tests.pintle.io/$1"
  expect_no_file "$store/backups/b3/velero-backup.json"
}

# A chain that needs these actions of the fixtures. ACTION...
chain_of() {
  printf 'apiVersion: pintle.io/v1alpha1\nkind: PluginChain\nmetadata: {name: default}\nspec:\n  actions:\n' >pintle.yaml
  for action; do echo "  - name: tests.pintle.io/$action" >>pintle.yaml; done
}

# For crash.py's runs with an operation: one that is over and failed; its item is taken again and brings another one with it. [POST]
with_operation() {
  plugins run_operation && items 3 && victim a before && operation_chain operation "${1-self}" more
  cp -r in more
  printf '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"more","namespace":"shop"}}\n' >more/more.json
  control victim.state '{"completed":true,"error":"it broke"}'
}

# One system call after another of a small run is struck (crash.py). MODE FAULT
strikes_everywhere() {
  strace -qq -o /dev/null true 2>/dev/null || skip "strace cannot trace here"
  items 3
  python3 "$here/crash.py" "$@" >"$work/out" 2>"$work/err" || fail "$* $(tail -n 1 "$work/err")"
  tail -n 1 "$work/out"
  pass
}

# ---- runs in the background
# Starts a backup whose item-30 takes an hour, and waits until the plugin has it. PLUGIN NAME
start_backup() {
  plugins good "run_$1" && items 60
  sed 's/timeout: 2s/timeout: 1h/' "$work/pintle.yaml" >"$work/long.yaml" && mv "$work/long.yaml" "$work/pintle.yaml"
  # A shell without job control has its background processes ignore SIGINT.
  setsid env --default-signal=INT "$PINTLE" backup create "$2" --from in >"$work/run.out" 2>"$work/run.err" </dev/null &
  running=$!
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    sleep 0.2
    if [ "$(ours | wc -l)" -ge 3 ] && [ -n "$(ls "$store/plugins/pintle.io/runs" 2>/dev/null)" ]; then break; fi
  done
  sleep 1
  kill -0 "$running" 2>/dev/null || fail "the backup did not wait: $(cat "$work/run.err")"
}
# A signal to a backup that waits for this plugin: nothing of it stays, and the name is free. SIGNAL PLUGIN
interrupted_by() {
  chain "$2" item-30
  start_backup "$2" b1
  began=$(date +%s)
  kill -"$1" "$running"
  wait "$running"
  code=$?
  took=$(($(date +%s) - began))
  cp "$work/run.err" "$work/err"
  [ "$took" -le 15 ] || fail "it took $took s to end"
  expect_clean
  expect_no_file "$store/backups/b1/velero-backup.json"
  [ -z "$(find "$store" -type f ! -path '*/pintle.io/runs/*')" ] || fail "in the store: $(find "$store" -type f)"
  rm "$work/pintle.yaml"
  rm "$PINTLE_PLUGIN_DIR/run_$2.so"
  run "$PINTLE" backup create b1 --from in
  expect_status 0
  compare in "$store/backups/b1/b1.tar.gz" --annotated tests.pintle.io/good=backup
}
expect_code() { [ "$code" -eq "$1" ] || fail "exit status $code, not $1"; }

# ---- asynchronous operations: the fixtures of tests/plugins/operation.h; files in op/ control them
# A chain of that action alone, for item-30 of 60 and others named so. ACTION [POST [VARIANT]]
operation_chain() {
  mkdir -p op
  cat >pintle.yaml <<END
apiVersion: pintle.io/v1alpha1
kind: PluginChain
metadata: {name: default}
spec:
  actions:
  - name: tests.pintle.io/$1
    config: {item: victim, dir: "$work/op", post: "${2-}", variant: "${3-}"}
END
}
victim() { # [KEY VALUE]
  printf '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"victim","namespace":"shop"},"data":{"%s":"%s"}}\n' "${1-a}" "${2-1}" >in/victim.json
}
control() { printf '%s' "$2" >"op/$1.tmp" && mv "op/$1.tmp" "op/$1"; } # FILE CONTENT: all of it at once
await() { # COMMAND...: until it succeeds
  tries=0
  until "$@" >/dev/null 2>&1; do
    tries=$((tries + 1))
    [ "$tries" -le 300 ] || fail "waited in vain: $*"
    sleep 0.1
  done
}
phase_of() { # KIND NAME
  sed -n 's/^    "phase": "\(.*\)",*$/\1/p' "$store/$1s/$2/velero-$1.json"
}
is_phase() { [ "$(phase_of "$1" "$2" 2>/dev/null)" = "$3" ]; }
expect_phase() { is_phase "$@" || fail "phase $(phase_of "$1" "$2"), not $3"; }
# Starts a command of pintle and waits until its run has that phase. KIND NAME PHASE COMMAND...
start_until() {
  kind=$1 run_name=$2 wanted=$3 && shift 3
  setsid env --default-signal=INT "$@" >"$work/run.out" 2>"$work/run.err" </dev/null &
  running=$!
  await is_phase "$kind" "$run_name" "$wanted"
}
end_of_run() { # sets status
  wait "$running"
  status=$?
  command_line="the run in the background"
  cp "$work/run.out" "$work/out" && cp "$work/run.err" "$work/err"
}
kill_run() {
  kill -KILL "$running"
  wait "$running"
  for _ in 1 2 3 4 5 6 7 8 9 10; do [ -z "$(ours)" ] || sleep 0.2; done
  [ -z "$(ours)" ] || fail "workers outlive their supervisor"
  rm -rf "$TMPDIR"/*
}
operations_of() { gzip -dc "$store/$1s/$2/$([ "$1" = restore ] && echo restore-)$2-itemoperations.json.gz"; } # KIND NAME
# Makes all run records of the store look as if their runs had last been heard of an hour ago.
age_runs() { python3 "$here/age_runs.py" "$store/plugins/pintle.io/runs" || fail age_runs.py; }
