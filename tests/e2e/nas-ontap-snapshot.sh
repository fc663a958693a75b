# nas-ontap-snapshot.sh -- NetApp ONTAP behind a VolumeSnapshotLocation.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
CLOUD=ontap
. "$here/nas-cloud.sh"
. "$here/nas-cloud-snapshot.sh"
