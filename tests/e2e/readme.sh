# readme.sh -- the commands of README.md work: its blocks marked sh are run in order, in a copy.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
unset PINTLE_PLUGIN_DIR # README's commands find the plugins beside the program
root=$(cd "$here/../.." && pwd)
command -v cc >/dev/null || skip "no compiler for the plugin"
mkdir tour demo-build && cd tour && cp -r "$root/examples" "$root/plugin-api" . || fail "no examples"
ln -s "$(dirname "$PINTLE")" build

awk '/^```sh$/ { on = 1; next } /^```/ { on = 0 } on' "$root/README.md" >commands.sh
[ "$(grep -c 'build/pintle' commands.sh)" -ge 10 ] || fail "README.md has hardly any blocks marked sh"
run sh -eu commands.sh
expect_status 0
expect_within 30
expect_clean

# What README shows
expect_out 'Backup "b1" completed with status: Completed. 28 items' "all is well" 'Restore "r1" completed with status: Completed. 28 created' \
  '"host": "bold.example.com"' '"host": "www.new.example.com"' "example.com/stamp" "example.com/restored-by: me"
expect_err "Using no configuration; store default (pintle.io/file in ./pintle-store)" "Using configuration examples/pintle.yaml (\$PINTLE_CONFIG)"
expect_not_in "$work/out" '"host": "old.example.com"'
expect_no_file pintle-store/backups/b1

# Its links lead somewhere
for link in $(grep -o '](\([^)#:]*\))' "$root/README.md" | tr -d ']()'); do
  [ -e "$root/$link" ] || fail "README.md links to $link, which is not there"
done

# The demonstration, as `make demo` runs it
ln -s "$PINTLE" "$work/demo-build/pintle"
run "$root/examples/demo" "$work/demo-build"
expect_status 0
expect_within 30
expect_out "All as expected."
pass
