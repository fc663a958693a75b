# lib.sh -- what the run scripts of pintle's items and others' code share.  SPDX-License-Identifier: Apache-2.0
#   . lib.sh PINTLE
# Leaves the shell in an empty directory, without configuration and plugins. Exit status 77: skipped.
set -eu
unset PINTLE_CONFIG XDG_CONFIG_HOME
PINTLE=$(realpath "${1:-${PINTLE:?name the program to test}}")
interop=$(cd "$(dirname "$0")/${up:-..}" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP
chmod 0711 "$work" # a program of the test gives up root's rights
fail() {
  echo "$*"
  if [ -s "$work/log" ]; then sed 's/^/  /' "$work/log"; fi
  exit 1
}
skip() {
  if [ -s "$work/log" ]; then sed 's/^/  /' "$work/log"; fi
  echo "skipped: $*"
  exit 77
}
# Builds a directory of interop as a command: build DIRECTORY NAME [GO-MOD]. $INTEROP_CACHE keeps it for the next test.
build() {
  mod=${3:+-modfile=$interop/$3}
  command -v go >/dev/null || skip "Go is not installed"
  case $(go env GOVERSION) in # it fetches a later one where a module asks for that
    go1.[0-9] | go1.[0-9].* | go1.1[0-9] | go1.1[0-9].* | go1.20 | go1.20.*) skip "Go is older than 1.21" ;;
  esac
  # Downloads what the build needs, and no more; nobody waits for a network that does not answer.
  (cd "$interop/$1" && timeout 240 go list $mod -deps . >/dev/null) >"$work/log" 2>&1 || skip "the Go modules are not to be had"
  export CGO_ENABLED=0 # runs anywhere, and is compiled once for all
  cache=${INTEROP_CACHE:-$work/cache}
  mkdir -p "$cache"
  (cd "$interop/$1" && go build $mod -buildvcs=false -ldflags='-s -w' -o "$cache/$2${3:+-${3##*/}}" .) >"$work/log" 2>&1 || fail "$1 does not compile"
  cp "$cache/$2${3:+-${3##*/}}" "$work/bin/$2"
}
# Runs pintle, which is expected to end well; what it says is shown if not.
pintle() { "$PINTLE" "$@" >"$work/log" 2>&1 || fail "exit status $?: pintle $*"; }
mkdir "$work/bin" "$work/plugins" "$work/run"
PATH=$work/bin:$PATH
PINTLE_PLUGIN_DIR=$work/plugins
export PATH PINTLE_PLUGIN_DIR
cd "$work/run"
