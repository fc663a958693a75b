package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/sirupsen/logrus"
	velerov1 "github.com/vmware-tanzu/velero/pkg/apis/velero/v1"
	"github.com/vmware-tanzu/velero/pkg/backup"
	"github.com/vmware-tanzu/velero/pkg/backup/actions"
	"github.com/vmware-tanzu/velero/pkg/features"
	"github.com/vmware-tanzu/velero/pkg/itemoperation"
	"github.com/vmware-tanzu/velero/pkg/persistence"
	"github.com/vmware-tanzu/velero/pkg/plugin/velero"
	biav1 "github.com/vmware-tanzu/velero/pkg/plugin/velero/backupitemaction/v1"
	biav2 "github.com/vmware-tanzu/velero/pkg/plugin/velero/backupitemaction/v2"
	"github.com/vmware-tanzu/velero/pkg/podvolume"
	"github.com/vmware-tanzu/velero/pkg/util/boolptr"
	"github.com/vmware-tanzu/velero/pkg/util/encode"
	"github.com/vmware-tanzu/velero/pkg/util/logging"
	"github.com/vmware-tanzu/velero/pkg/util/results"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// bucket is as much of an ObjectStore as PutBackup asks for: a directory.
type bucket struct {
	velero.ObjectStore
	root string
}

func (b bucket) Init(map[string]string) error                      { return nil }
func (b bucket) GetObjectStore(string) (velero.ObjectStore, error) { return b, nil }
func (b bucket) GetObject(_, key string) (io.ReadCloser, error) {
	return os.Open(filepath.Join(b.root, key))
}
func (b bucket) ObjectExists(_, key string) (bool, error) {
	_, err := os.Stat(filepath.Join(b.root, key))
	return err == nil, nil
}

func (b bucket) PutObject(_, key string, body io.Reader) error {
	path := filepath.Join(b.root, key)
	must(os.MkdirAll(filepath.Dir(path), 0o755))
	data, err := io.ReadAll(body)
	must(err)
	return os.WriteFile(path, data, 0o644)
}

func openStore(root string) persistence.BackupStore {
	location := &velerov1.BackupStorageLocation{}
	location.Name, location.Spec.Provider = "default", "test"
	location.Spec.ObjectStorage = &velerov1.ObjectStorageLocation{Bucket: "bucket"}
	log := logrus.New()
	log.SetOutput(io.Discard)
	store, err := persistence.NewObjectBackupStoreGetter(nil).Get(location, bucket{root: root}, log)
	must(err)
	return store
}

// No pod's volume is copied here.
type noPodVolumes struct{ podvolume.Backupper }

func (noPodVolumes) NewBackupper(context.Context, logrus.FieldLogger, *velerov1.Backup, string) (podvolume.Backupper, error) {
	return noPodVolumes{}, nil
}
func (noPodVolumes) ListPodVolumeBackupsByPod(string, string) ([]*velerov1.PodVolumeBackup, error) {
	return nil, nil
}
func (noPodVolumes) WaitAllPodVolumesProcessed(logrus.FieldLogger) []*velerov1.PodVolumeBackup {
	return nil
}

// asV2 is a built-in action as the server runs it.
type asV2 struct {
	biav1.BackupItemAction
	name string
}

func (a asV2) Name() string { return a.name }
func (a asV2) Execute(item runtime.Unstructured, b *velerov1.Backup) (runtime.Unstructured, []velero.ResourceIdentifier, string, []velero.ResourceIdentifier, error) {
	out, additional, err := a.BackupItemAction.Execute(item, b)
	return out, additional, "", nil, err
}
func (a asV2) Progress(string, *velerov1.Backup) (velero.OperationProgress, error) {
	return velero.OperationProgress{}, nil
}
func (a asV2) Cancel(string, *velerov1.Backup) error { return nil }

func backupResource(name string) *velerov1.Backup {
	start := metav1.NewTime(time.Now().Truncate(time.Second))
	expiration := metav1.NewTime(start.Add(720 * time.Hour))
	b := &velerov1.Backup{TypeMeta: metav1.TypeMeta{Kind: "Backup", APIVersion: velerov1.SchemeGroupVersion.String()}}
	b.Name, b.Namespace, b.UID = name, "velero", "5f0c0f0e-0000-4000-8000-000000000003"
	b.Labels = map[string]string{velerov1.StorageLocationLabel: "default"}
	b.Spec = velerov1.BackupSpec{IncludedNamespaces: []string{"*"}, IncludeClusterResources: boolptr.True(), SnapshotVolumes: boolptr.False(),
		DefaultVolumesToFsBackup: boolptr.False(), StorageLocation: "default", TTL: metav1.Duration{Duration: 720 * time.Hour}}
	b.Status = velerov1.BackupStatus{Version: backup.BackupVersion, FormatVersion: backup.BackupFormatVersion, StartTimestamp: &start,
		Expiration: &expiration, Phase: velerov1.BackupPhaseInProgress}
	return b
}

func zipped(value any, what string) *bytes.Buffer {
	out, errs := encode.ToJSONGzip(value, what)
	if len(errs) > 0 {
		must(errs[0])
	}
	return out
}

// backUp does what Velero's backup controller does, from running the engine to putting its objects.
func backUp(manifestDir, store, name, feature string) {
	if feature != "" {
		features.Enable(feature)
	}
	var logFile, contents bytes.Buffer
	zip := gzip.NewWriter(&logFile)
	logger := logging.DefaultLogger(logrus.InfoLevel, logging.FormatText)
	logger.Out = zip
	counter := logging.NewLogHook()
	logger.Hooks.Add(counter)
	log := logger.WithField("backup", "velero/"+name)
	c := newCluster(manifestDir, log)
	request := &backup.Request{Backup: backupResource(name), SkippedPVTracker: backup.NewSkipPVTracker(), BackedUpItems: backup.NewBackedUpItemsMap(),
		WorkerPool: backup.StartItemBlockWorkerPool(context.Background(), 1, log)}
	request.VolumesInformation.Init()
	must(c.kb.Create(context.Background(), request.Backup.DeepCopy()))
	engine, err := backup.NewKubernetesBackupper(c.kb, c.discovery, c.factory, nil, noPodVolumes{}, time.Minute, false, 0, "", nil, nil)
	must(err)
	must(engine.Backup(log, request, &contents, []biav2.BackupItemAction{
		asV2{actions.NewPVCAction(log), "velero.io/pv"}, asV2{actions.NewPodAction(log), "velero.io/pod"}}, nil, nil))
	end := metav1.NewTime(time.Now().Truncate(time.Second))
	request.Status.CompletionTimestamp, request.Status.Phase = &end, velerov1.BackupPhaseCompleted
	request.Status.Warnings = counter.GetCount(logrus.WarnLevel)
	if request.Status.Errors = counter.GetCount(logrus.ErrorLevel); request.Status.Errors > 0 {
		request.Status.Phase = velerov1.BackupPhasePartiallyFailed
	}
	must(zip.Close())
	metadata := new(bytes.Buffer)
	must(encode.To(request.Backup, "json", metadata))
	request.FillVolumesInformation()
	volumes := request.VolumesInformation.Result(nil, nil, nil, c.kb, log)
	must(openStore(store).PutBackup(persistence.BackupInfo{Name: name, Metadata: metadata, Contents: &contents, Log: &logFile,
		BackupResults: zipped(map[string]results.Result{"warnings": counter.GetEntries(logrus.WarnLevel),
			"errors": counter.GetEntries(logrus.ErrorLevel)}, "results"),
		PodVolumeBackups: zipped(request.PodVolumeBackups, "pod volume backups"), VolumeSnapshots: zipped(request.VolumeSnapshots.Get(), "snapshots"),
		BackupItemOperations: zipped([]*itemoperation.BackupOperation{}, "operations"), BackupResourceList: zipped(request.BackupResourceList(), "list"),
		BackupVolumeInfo: zipped(volumes, "volumes")}))
	fmt.Printf("Velero backed up %d items: %s, %d errors, %d warnings\n", request.Status.Progress.ItemsBackedUp, request.Status.Phase,
		request.Status.Errors, request.Status.Warnings)
	if request.Status.Phase != velerov1.BackupPhaseCompleted {
		fmt.Println(counter.GetEntries(logrus.ErrorLevel))
		os.Exit(1)
	}
}
