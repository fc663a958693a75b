# nas-aliyun.sh -- a volume of Alibaba Cloud NAS in a backup, from snapshot to deletion.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
CLOUD=aliyun
. "$here/nas-cloud.sh"
. "$here/nas-cloud-backup.sh"
