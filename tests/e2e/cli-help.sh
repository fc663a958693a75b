# cli-help.sh -- every command has help with examples; each example's words and flags are right.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
run "$PINTLE"
expect_status 0
cp out top
run "$PINTLE" help
expect_same out top
nouns=$(sed -n '/^Available Commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p' top)
[ -n "$nouns" ] || fail "no commands are listed"
: >all
for noun in $nouns; do
  run "$PINTLE" help "$noun"
  expect_status 0
  verbs=$(sed -n '/^Available Commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p' out)
  for verb in ${verbs:-""}; do
    run "$PINTLE" help "$noun" $verb
    expect_status 0
    expect_out "Usage:" "Examples:" "Global Flags:" "pintle $noun"
    cp out help
    for form in --help -h; do
      run "$PINTLE" "$noun" $verb $form
      expect_status 0
      expect_same out help
    done
    sed -n '/^Examples:/,/^$/p' help >>all
  done
done
# Flags are read before help is given, so a wrong one would be refused.
grep -o 'pintle [a-z].*' all | sed 's/ [|>].*//; s/).*//' >examples
[ "$(wc -l <examples)" -gt 30 ] || fail "only $(wc -l <examples) examples"
while read -r _ words; do
  # shellcheck disable=SC2086
  run "$PINTLE" $words --help
  expect_status 0
done <examples
run "$PINTLE" help backup crate
expect_status 2
expect_err create
pass
