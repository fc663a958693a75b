# nas-move-refused.sh -- --snapshot-move-data with a driver whose snapshots cannot be read: an error of that item, and no snapshot.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
CLOUD=aliyun
. "$here/nas-cloud.sh"
volume && chain_of_actions
run "$PINTLE" backup create b1 --from in --snapshot-move-data
expect_status 3
expect_err 'the data of volume one cannot be moved: snapshots of driver aliyun cannot be read'
expect_snapshots 0
expect_asked_well
pass
