# without-namespace.sh -- an item that names no namespace belongs to "default", and is restored there without a warning.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
mkdir in
printf '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"x":"1"}}' >in/a.json
run "$PINTLE" backup create b1 --from in
expect_status 0
compare in "$store/backups/b1/b1.tar.gz" # as it came
python3 "$here/tar_list.py" "$store/backups/b1/b1.tar.gz" >list
expect_in list resources/configmaps/namespaces/default/a.json
run "$PINTLE" restore create r1 --from-backup b1 --to to
expect_status 0
expect_file to/default/configmaps/a.json
log_of restore r1
expect_not_in log level=warning
run "$PINTLE" restore create r2 --from-backup b1 --to to2 --namespace-mappings default:other
expect_status 0
expect_in to2/other/configmaps/a.json '"namespace": "other"'
pass
