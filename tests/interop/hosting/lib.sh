# lib.sh -- what the scripts here share: pintle with a Go plugin of Velero in its plugin directory, and items that say what is to be done with them.
#   . lib.sh PINTLE PLUGINS     SPDX-License-Identifier: Apache-2.0
fixtures=$(realpath "$2")
. "$(dirname "$0")/../lib.sh" "$1"
build velero/goplugin goplugin
store=$work/run/pintle-store
PLUGIN_TEST_DIR=$work/told # reaches a Go plugin: PLUGIN_*
export PLUGIN_TEST_DIR
mkdir "$PLUGIN_TEST_DIR"
plugins() { for p; do case $p in *.so) cp "$fixtures/$p" "$work/plugins/" && chmod 0644 "$work/plugins/$p" ;; *) ln "$work/bin/goplugin" "$work/plugins/$p" ;; esac done; }
# item NAME WORDS [KEY]: in/NAME.json, a ConfigMap whose annotation says what the Go plugin is to do with it. The numbers are those that Go would change.
item() {
  mkdir -p in
  cat >"in/$1.json" <<END
{"zeta":1.0,"apiVersion":"v1","kind":"ConfigMap","metadata":{"namespace":"shop","name":"$1","annotations":{"go.example.com/${3:-do}":"$2"},"labels":{"b":"2","a":"<1>"}},"data":{"number":"1"},"numbers":[18446744073709551615,1e3,-0.0,0.10,9007199254740993,null,{"name":"a","f":2.50},{"name":"b","d":1.0,"c":1}]}
END
}
items() { for i in $(seq -w 1 "$1"); do item "item-$i" ""; done; }
chain() { # ACTION:MORE...
  { printf 'apiVersion: pintle.io/v1alpha1\nkind: PluginChain\nmetadata: {name: default}\nspec:\n  actions:\n' && for a; do echo "  - {name: ${a%%|*}${a#"${a%%|*}"}}" | sed 's/|/, /g'; done; } >pintle.yaml
}
# run STATUS ARGUMENT...: standard output in out, standard error in err
run() {
  wanted=$1 && shift
  status=0
  timeout 120 "$PINTLE" "$@" >"$work/out" 2>"$work/err" || status=$?
  cat "$work/out" "$work/err" >"$work/log"
  [ "$status" -eq "$wanted" ] || fail "exit status $status, not $wanted: pintle $*"
}
holds() { # FILE TEXT...
  f=$1 && shift
  for text; do grep -qF -e "$text" "$f" || { cp "$f" "$work/log" && fail "$f lacks \"$text\""; }; done
}
logs() { "$PINTLE" "$1" logs "$2" >"$work/run/log" 2>/dev/null || fail "$1 logs $2"; }
stored() { tar xOzf "$store/backups/$1/$1.tar.gz" "resources/configmaps/namespaces/shop/$2.json"; }
await() { for _ in $(seq 200); do "$@" >/dev/null 2>&1 && return; sleep 0.05; done; fail "in vain: $*"; }
hosted() { # pids of Go plugins
  for p in /proc/[0-9]*; do case $(readlink "$p/exe" 2>/dev/null) in "$work"/*) echo "${p#/proc/}" ;; esac done
}
gone() { # none is left
  for _ in $(seq 40); do [ -z "$(hosted)" ] && return; sleep 0.05; done
  fail "left behind: $(hosted)"
}
