# velero-install.sh -- install copies the drop-in and what is beside it; what is newer, or the user's, stays.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
dropin=$(dirname "$PINTLE_WORKER")/velero-plugin-pintle
mkdir image image/pintle.d
cp "$dropin" image/
cp "$PLUGINS/run_noop.so" image/
chmod 0755 image/run_noop.so
printf 'apiVersion: pintle.io/v1alpha1\nkind: PluginChain\nmetadata: {name: default}\n' >image/pintle.d/noop.yaml
cp image/pintle.d/noop.yaml image/pintle.yaml
run image/velero-plugin-pintle install --help
expect_status 0
expect_out "Usage:" "velero-plugin-pintle install --to DIR" "Examples:" "install --to /plugins"
run image/velero-plugin-pintle install --to to/plugins
expect_status 0
expect_out "to/plugins/run_noop.so: copied" "to/plugins/pintle.d/noop.yaml: copied" "to/plugins/velero-plugin-pintle: copied"
[ "$(stat -c %a to/plugins/run_noop.so to/plugins/velero-plugin-pintle | tr '\n' ' ')" = "644 755 " ] || fail "modes: $(ls -l to/plugins)"
expect_same image/velero-plugin-pintle to/plugins/velero-plugin-pintle
expect_same image/run_noop.so to/plugins/run_noop.so

echo "# mine" >to/plugins/pintle.yaml
cp "$PLUGINS/run_fails.so" to/plugins/neighbour.so # of another vendor
chmod 0755 to/plugins/neighbour.so
cp "$dropin" to/plugins/velero-plugin-pintle
sed 's/pintle-drop-in-version:0[.]1[.]0;/pintle-drop-in-version:9.1.0;/' "$dropin" >to/plugins/velero-plugin-pintle
chmod 0755 to/plugins/velero-plugin-pintle
cp to/plugins/velero-plugin-pintle newer
run image/velero-plugin-pintle install --to=to/plugins
expect_status 0
expect_out "run_noop.so: is there already" "pintle.yaml: stays" "neighbour.so: execute bits cleared" "velero-plugin-pintle: stays, it is version 9.1.0 and this is 0.1.0"
expect_same newer to/plugins/velero-plugin-pintle
[ "$(cat to/plugins/pintle.yaml)" = "# mine" ] || fail "pintle.yaml was replaced"
[ -x to/plugins/neighbour.so ] && fail "neighbour.so can still be executed"
[ -z "$(find to -name '.*' -type f)" ] || fail "left behind: $(find to -name '.*')"

# a directory deeper down, which Velero looks into; a strict umask; what a killed install left
mkdir -p to/deep/vendor
cp "$PLUGINS/run_fails.so" to/deep/vendor/
chmod 0755 to/deep/vendor/run_fails.so
: >to/deep/.velero-plugin-pintle.new
chmod 0755 to/deep/.velero-plugin-pintle.new
(umask 077 && image/velero-plugin-pintle install --to to/deep >out 2>&1) || fail "$(cat out)"
[ -x to/deep/vendor/run_fails.so ] && fail "vendor/run_fails.so can still be executed"
[ "$(stat -c %a to/deep/run_noop.so to/deep/pintle.d/noop.yaml to/deep/velero-plugin-pintle | tr '\n' ' ')" = "644 644 755 " ] || fail "modes: $(ls -lR to/deep)"
[ -e to/deep/.velero-plugin-pintle.new ] && fail "what was left is still there"

# killed at any moment: never an executable file that is not whole
for call in write fsync rename; do
  command -v strace >/dev/null || break
  for at in 1 2 3 4 5 6 7 8; do
    rm -rf to/killed
    strace -f -o trace -e inject=$call:signal=KILL:when=$at image/velero-plugin-pintle install --to to/killed >out 2>&1 || :
    for f in $(find to/killed -type f -perm /111); do cmp -s "$f" image/velero-plugin-pintle || fail "killed at $call $at: half of $f"; done
  done
done

run image/velero-plugin-pintle install
expect_status 2
run image/velero-plugin-pintle install --to /proc/none
expect_status 1
expect_err "/proc/none"
run image/velero-plugin-pintle
expect_status 1
expect_err "Velero executes it"
pass
