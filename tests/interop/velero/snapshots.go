package main

import (
	"strings"

	velerov1 "github.com/vmware-tanzu/velero/pkg/apis/velero/v1"
)

// readSnapshots: a backup with snapshots of volumes "one" (in a zone), "fast" (with IOPS) and "fails", and the volume "nobody" without: what Velero's
// types make of the files, written by Velero again, is what pintle wrote. The restore made volumes from the first two.
func readSnapshots(root, backup, restore string) {
	d, store := open(root)
	file := func(end string) string { return "backups/" + backup + "/" + backup + "-" + end }
	snapshots, err := store.GetBackupVolumeSnapshots(backup)
	check(err, "GetBackupVolumeSnapshots")
	sameBytes(d, file("volumesnapshots.json.gz"), snapshots)
	b, err := store.GetBackupMetadata(backup)
	must(err)
	strictObject(d, "backups/"+backup+"/velero-backup.json", &velerov1.Backup{})
	phases := map[string]int{} // their type is Velero's own
	for _, s := range snapshots {
		phases[string(s.Status.Phase)]++
		if s.Spec.BackupName != backup || s.Spec.BackupUID != string(b.UID) || s.Spec.Location != "default" || s.Spec.ProviderVolumeID == "" ||
			s.Spec.PersistentVolumeName == "" || s.Spec.VolumeType != "gp3" {
			bad("snapshot %+v %+v", s.Spec, s.Status)
		}
		if s.Status.Phase == "Completed" && !strings.HasPrefix(s.Status.ProviderSnapshotID, "snap-"+s.Spec.ProviderVolumeID+"-") {
			bad("%s has the snapshot %q", s.Spec.PersistentVolumeName, s.Status.ProviderSnapshotID)
		}
		if fast := s.Spec.PersistentVolumeName == "fast"; fast != (s.Spec.VolumeIOPS != nil) || fast && *s.Spec.VolumeIOPS != 3000 {
			bad("%s has the IOPS %v", s.Spec.PersistentVolumeName, s.Spec.VolumeIOPS)
		}
		if s.Spec.PersistentVolumeName == "keep" && s.Spec.VolumeAZ != "z1" {
			bad("keep is in zone %q", s.Spec.VolumeAZ)
		}
	}
	if len(snapshots) != 3 || phases["Completed"] != 2 || phases["Failed"] != 1 {
		bad("%s has the snapshots %v", backup, phases)
	}
	if b.Status.VolumeSnapshotsAttempted != 3 || b.Status.VolumeSnapshotsCompleted != 2 {
		bad("%s: status %+v", backup, b.Status)
	}
	readInfos(d, store.GetBackupVolumeInfos, backup, file("volumeinfo.json.gz"))
	operations, err := store.GetBackupItemOperations(backup)
	check(err, "GetBackupItemOperations")
	sameBytes(d, file("itemoperations.json.gz"), operations)
	pods, err := store.GetPodVolumeBackups(backup)
	check(err, "GetPodVolumeBackups")
	sameBytes(d, file("podvolumebackups.json.gz"), pods)
	var volumes []map[string]any // the type is Velero's own
	strictJSON(d, "restores/"+restore+"/"+restore+"-volumeinfo.json.gz", &volumes)
	if len(volumes) != 2 {
		bad("%s has the volumes %v", restore, volumes)
	}
}

// readInfos: lines of Velero's type, which no other module can name.
func readInfos[T any](d *directory, get func(string) ([]*T, error), backup, key string) {
	infos, err := get(backup)
	check(err, "GetBackupVolumeInfos")
	if len(infos) != 4 {
		bad("%s has %d lines", key, len(infos))
	}
	sameBytes(d, key, infos)
}
