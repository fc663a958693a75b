# nas-aliyun-snapshot.sh -- Alibaba Cloud NAS behind a VolumeSnapshotLocation.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
CLOUD=aliyun
. "$here/nas-cloud.sh"
. "$here/nas-cloud-snapshot.sh"
