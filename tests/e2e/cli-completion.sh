# cli-completion.sh -- the completion scripts are right for their shells, and bash completes with its one.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
command -v bash >/dev/null || skip "no bash"
items 1
run "$PINTLE" backup create nightly --from in
for shell in bash zsh fish; do
  "$PINTLE" completion $shell >pintle.$shell 2>err || fail "completion $shell"
  command -v $shell >/dev/null || continue
  $shell -n pintle.$shell 2>err || fail "$shell -n"
done
cat >complete.bash <<'END'
. ./pintle.bash
line=$1
COMP_WORDS=() word=
for ((i = 0; i < ${#line}; i++)); do # readline splits at blanks and =
  c=${line:i:1}
  case $c in
  ' ') [[ $word ]] && COMP_WORDS+=("$word"); word= ;;
  =) COMP_WORDS+=("$word" =); word= ;;
  *) word+=$c ;;
  esac
done
COMP_WORDS+=("$word")
COMP_WORDS[0]=$PINTLE
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
compopt() { :; }
_pintle
printf '%s\n' "${COMPREPLY[@]}"
END
completes() { # LINE WORD...; "-WORD" must not be there
  line=$1 && shift
  PINTLE=$PINTLE bash complete.bash "$line" >out 2>err || fail "bash: $line"
  [ ! -s err ] || fail "bash says something: $line"
  for word; do
    case $word in
    !*) if grep -qxF -e "${word#!}" out; then fail "\"$line\" gives ${word#!}"; fi ;;
    *) grep -qxF -e "$word" out || fail "\"$line\" does not give $word" ;;
    esac
  done
}
completes "pintle " backup restore plugin chain version completion get describe
completes "pintle ba" backup backup-location !restore
completes "pintle backup " create get describe logs download delete verify !inspect
completes "pintle get " backups restores plugins backup-locations
completes "pintle backup create --inc" --include-namespaces --include-cluster-scoped-resources !--exclude-namespaces
completes "pintle backup create b1 --from in --dry" --dry-run
completes "pintle backup get -o " table json yaml
completes "pintle get backups --output=j" json !yaml
completes "pintle backup create b1 -o " json yaml !table
completes "pintle chain run --phase " backup item-block restore
completes "pintle --log-format json chain show --ph" --phase
completes "pintle completion " bash zsh fish
completes "pintle backup describe " nightly
completes "pintle restore create --from-backup n" nightly
completes "pintle backup create --from i" in
completes "pintle backup create b1 --kube" !--kubeconfig
if command -v fish >/dev/null; then
  in_fish() { # LINE WORD
    PATH=$(dirname "$PINTLE"):$PATH fish --no-config -c "source pintle.fish; complete -C '$1'" >out 2>err
    cut -f1 out | grep -qxF -e "$2" || fail "fish: \"$1\" does not give $2"
  }
  in_fish "pintle " backup
  in_fish "pintle get " backups
  in_fish "pintle backup " create
  in_fish "pintle backup create --inc" --include-namespaces
  in_fish "pintle backup get -o " json
  in_fish "pintle restore create --from-backup " nightly
fi
pass
