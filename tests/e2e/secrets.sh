# secrets.sh -- values of secret options and from elsewhere appear nowhere.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins run_noop run_fails good && items 3
SECRET_OF_TEST=hunter2hunter2
export SECRET_OF_TEST
cat >pintle.yaml <<'END'
apiVersion: pintle.io/v1alpha1
kind: PluginChain
metadata: {name: default}
spec:
  actions:
  - name: tests.pintle.io/noop
    config: {variant: {fromEnv: SECRET_OF_TEST}}
  - name: tests.pintle.io/fails
    config: {item: item-01, variant: {fromEnv: SECRET_OF_TEST}}
END
run "$PINTLE" chain show
expect_status 0
expect_not_in out hunter2
run "$PINTLE" chain show -o json
expect_not_in out hunter2
run "$PINTLE" backup create b1 --from in
expect_status 3
log_of backup b1
cat out err log >all
gzip -dc "$store"/backups/b1/*.json.gz "$store"/backups/b1/*-results.gz >>all
expect_not_in all hunter2
unset SECRET_OF_TEST
run "$PINTLE" backup create b2 --from in
expect_status 2
expect_err SECRET_OF_TEST pintle.yaml:
pass
