# lib.sh -- what the scripts here share: Velero's client, the Go plugin, items that say what is to be done.  SPDX-License-Identifier: Apache-2.0
#   . lib.sh PINTLE
up=../..
. "$(dirname "$0")/../../lib.sh" "$1"
here=$interop/velero/plugins
build velero/client client
build velero/goplugin goplugin
# item NAME WORDS [ANNOTATION]: NAME.json, a ConfigMap whose annotation says what the Go plugin is to do with it
item() {
  printf '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"%s","namespace":"shop","annotations":{"%s":"%s"}}}\n' "$1" "${3:-go.example.com/do}" "$2" >"$1.json"
}
# What a file of calls and answers says is true of a plugin directory. play SCRIPT DIRECTORY
play() {
  echo "# $1: $(sed -n '1s/^# //p' "$here/$1")"
  timeout 120 client run "$2" "$1.log" <"$here/$1" >said 2>&1 || { cat said && fail "$1: exit status $?"; }
  if [ -s said ]; then cat said; fi
}
