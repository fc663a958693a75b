# lib.sh -- what the scripts here share: Velero's client, the Go plugin, items that say what is to be done.  SPDX-License-Identifier: Apache-2.0
#   . lib.sh PINTLE
# client_mod: the go.mod that the client is built by, when it is another version of Velero's. PLUGINS: directory of the .so fixtures.
up=../..
. "$(dirname "$0")/../../lib.sh" "$1"
here=$interop/velero/plugins
build velero/client client ${client_mod:+"velero/$client_mod"}
GOCACHE=$(go env GOCACHE) GOMODCACHE=$(go env GOMODCACHE) # another home would have all of Velero compiled again
export GOCACHE GOMODCACHE
HOME=$work/home # marks all processes of a test
export HOME
mkdir "$HOME"
# item NAME WORDS [ANNOTATION]: NAME.json, a ConfigMap whose annotation says what a plugin is to do with it
item() {
  printf '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"%s","namespace":"shop","annotations":{"%s":"%s"}}}\n' "$1" "${3:-go.example.com/do}" "$2" >"$1.json"
}
# What a file of calls and answers says is true of a plugin directory: play SCRIPT DIRECTORY; of one executable: play SCRIPT EXECUTABLE direct [mtls]
play() {
  script=$1 what=$2 mode=${3:-run}
  echo "# $script: $(sed -n '1s/^# //p' "$here/$script")"
  if [ "$mode" = direct ]; then set -- direct "$what" "${4:-plain}" "$script.log"; else set -- run "$what" "$script.log"; fi
  timeout "${limit:-120}" client "$@" <"$here/$script" >said 2>&1 || { status=$? && cat said && fail "$script: exit status $status"; }
  if [ -s said ]; then cat said; fi
}
# A plugin directory with the drop-in and fixtures: drop_in FIXTURE... ("fails" is run_fails.so or fails.so)
drop_in() {
  executable=$(dirname "$PINTLE")/velero-plugin-pintle
  [ -x "$executable" ] || skip "velero-plugin-pintle is not built"
  mkdir -p plugins
  cp "$executable" plugins/
  for name; do
    if [ -e "$PLUGINS/run_$name.so" ]; then cp "$PLUGINS/run_$name.so" plugins/; else cp "$PLUGINS/$name.so" plugins/; fi
  done
  chmod 0644 plugins/*.so
}
# A line of Velero's log: logged LEVEL EXPRESSION
logged() { grep "\"level\":\"$1\"" "$script.log" | grep -q -e "$2" || fail "the log has no line of level $1 with $2"; }
ours() (
  marked="^HOME=$HOME\$" HOME=/ # not this one
  grep -lz "$marked" /proc/[0-9]*/environ 2>/dev/null | sed 's,/proc/\([0-9]*\)/.*,\1,'
)
# A client that ends early leaves its Go plugins.
trap 'for p in $(ours); do kill -9 "$p" 2>/dev/null || :; done; rm -rf "$work"' EXIT
# No process of this test is left.
left_behind() {
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    left=$(ours)
    [ -n "$left" ] || return 0
    sleep 0.2
  done
  fail "left behind: $(for p in $left; do tr '\0' ' ' <"/proc/$p/cmdline"; done 2>&1)"
}
