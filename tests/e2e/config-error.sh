# config-error.sh -- an action that refuses its configuration: file, line and column of the chain file.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins run_config_error good && items 3
cat >pintle.yaml <<'END'
apiVersion: pintle.io/v1alpha1
kind: PluginChain
metadata: {name: default}
spec:
  actions:
  - name: tests.pintle.io/good
  - name: tests.pintle.io/config_error
    config:
      rules:
      - to: somewhere
      - from: here
        to: nowhere
END
run "$PINTLE" backup create b1 --from in
expect_status 2
expect_err pintle.yaml:12:13 "no place to go to"
expect_no_file "$store/backups/b1"
[ -z "$(find "$store" -type f 2>/dev/null)" ] || fail "left in the store: $(find "$store" -type f)"
expect_clean
sed -i 's/config:/confg:/' pintle.yaml
run "$PINTLE" backup create b1 --from in
expect_status 2
expect_err pintle.yaml:8:5 config
sed -i 's/confg:/config:/; s/rules:/ruels:/' pintle.yaml
run "$PINTLE" backup create b1 --from in
expect_status 2
expect_err pintle.yaml:9:7 rules
sed -i 's,config_error,config_eror,; s/ruels:/rules:/' pintle.yaml
run "$PINTLE" backup create b1 --from in
expect_status 2
expect_err pintle.yaml:7: tests.pintle.io/config_error
pass
