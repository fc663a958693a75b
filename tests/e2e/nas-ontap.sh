# nas-ontap.sh -- a volume of NetApp ONTAP in a backup, from snapshot to deletion.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
CLOUD=ontap
. "$here/nas-cloud.sh"
. "$here/nas-cloud-backup.sh"
