package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"

	"github.com/vmware-tanzu/velero/pkg/itemoperation"
)

func unzipped(d *directory, key string) []byte {
	zipped, err := gzip.NewReader(bytes.NewReader(get(d, key)))
	if !check(err, "%s", key) {
		return nil
	}
	data, err := io.ReadAll(zipped)
	check(err, "%s", key)
	return data
}

// sameBytes: what Velero read from an object, written by Velero again, is that object.
func sameBytes(d *directory, key string, value any) {
	data := unzipped(d, key)
	var again bytes.Buffer
	must(json.NewEncoder(&again).Encode(value))
	if !bytes.Equal(data, again.Bytes()) {
		bad("%s: Velero writes it so:\n%s\npintle so:\n%s", key, again.Bytes(), data)
	}
}

// readOperations: the operations of a backup, one that is completed and one that failed, and those of a restore.
func readOperations(root, backup, restore string) {
	d, store := open(root)
	all, err := store.GetBackupItemOperations(backup)
	check(err, "GetBackupItemOperations")
	phases := map[itemoperation.OperationPhase]int{}
	for _, o := range all {
		phases[o.Status.Phase]++
		if o.Spec.BackupName != backup || o.Spec.BackupUID == "" || o.Spec.OperationID == "" || o.Spec.ResourceIdentifier.Resource != "configmaps" ||
			o.Status.Created.IsZero() || o.Status.Started.IsZero() || o.Status.Updated.IsZero() {
			bad("operation %+v", *o)
		}
	}
	if len(all) != 2 || phases[itemoperation.OperationPhaseCompleted] != 1 || phases[itemoperation.OperationPhaseFailed] != 1 {
		bad("%s has the operations %v", backup, phases)
	}
	sameBytes(d, "backups/"+backup+"/"+backup+"-itemoperations.json.gz", all)
	b, err := store.GetBackupMetadata(backup)
	if check(err, "GetBackupMetadata") && (b.Status.BackupItemOperationsAttempted != 2 || b.Status.BackupItemOperationsCompleted != 1 ||
		b.Status.BackupItemOperationsFailed != 1) {
		bad("%s: status %+v", backup, b.Status)
	}
	restored, err := store.GetRestoreItemOperations(restore)
	check(err, "GetRestoreItemOperations")
	if len(restored) != 2 {
		bad("%s has %d operations", restore, len(restored))
	}
	sameBytes(d, "restores/"+restore+"/restore-"+restore+"-itemoperations.json.gz", restored)
}
