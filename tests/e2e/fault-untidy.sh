# fault-untidy.sh -- what a plugin changes of its process is put back and said, once, by its name.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins good run_untidy && items 60
try() { # VARIANT WORDS
  chain untidy "${3-item-05}" FailItem "$1"
  run "$PINTLE" backup create "$1" --from in --concurrency 1
  expect_status 0
  compare in "$store/backups/$1/$1.tar.gz" --annotated tests.pintle.io/good=backup
  log_of backup "$1"
  grep "of its process: put back" log >said
  [ "$(grep -c "tests.pintle.io/untidy" said)" -ge 1 ] || fail "$1: nothing is said: $(cat said)"
  expect_in said "changed $2 of its process" level=warning
}
try rounding 'the floating-point mode'
[ "$(wc -l <said)" -eq 1 ] && expect_in said 'action tests.pintle.io/untidy changed'
try traps 'the floating-point mode'
try locale 'the locale'
try thread-locale 'the locale'
try handler 'signal handlers'
try child 'signal handlers'
try pipe 'signal handlers'
try mask 'the signal mask'
try cwd 'the current directory'
try umask 'the umask'
# Who does it at every item is told apart from the others, and named once.
for what in rounding umask; do
  chain untidy '*' FailItem $what
  run "$PINTLE" backup create "all-$what" --from in --concurrency 1
  expect_status 0
  log_of backup "all-$what"
  n=$(grep -c 'action tests.pintle.io/untidy changed' log)
  [ "$n" -eq 1 ] || fail "it was named $n times for $what"
  expect_not_in log "action tests.pintle.io/good changed"
done
pass
