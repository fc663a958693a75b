package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	velerov1 "github.com/vmware-tanzu/velero/pkg/apis/velero/v1"
	"github.com/vmware-tanzu/velero/pkg/archive"
	"github.com/vmware-tanzu/velero/pkg/itemoperation"
	"github.com/vmware-tanzu/velero/pkg/persistence"
	"github.com/vmware-tanzu/velero/pkg/plugin/velero"
	"github.com/vmware-tanzu/velero/pkg/util/encode"
	"github.com/vmware-tanzu/velero/pkg/util/results"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

type stored struct {
	groupResource, namespace, name string
	object                         map[string]any
}

// sample is what Velero's backup holds: names that need PAX records, odd texts, numbers, what the API server adds.
func sample() []stored {
	var all []stored
	add := func(resource, apiVersion, kind, namespace, name string, content map[string]any) {
		metadata := map[string]any{"name": name, "uid": "5f0c0f0e-0000-4000-8000-000000000001", "resourceVersion": "42",
			"creationTimestamp": "2026-01-02T03:04:05Z", "labels": map[string]any{"from": "velero"}}
		if namespace != "" {
			metadata["namespace"] = namespace
		}
		object := map[string]any{"apiVersion": apiVersion, "kind": kind, "metadata": metadata, "status": map[string]any{"observedGeneration": int64(3)}}
		for k, v := range content {
			object[k] = v
		}
		group := schema.FromAPIVersionAndKind(apiVersion, kind).Group
		all = append(all, stored{schema.GroupResource{Group: group, Resource: resource}.String(), namespace, name, object})
	}
	add("namespaces", "v1", "Namespace", "", "shop", nil)
	add("customresourcedefinitions", "apiextensions.k8s.io/v1", "CustomResourceDefinition", "", "oxen.farm.example.com", map[string]any{
		"spec": map[string]any{"group": "farm.example.com", "scope": "Namespaced", "names": map[string]any{"kind": "Ox", "plural": "oxen"},
			"versions": []any{map[string]any{"name": "v1", "served": true, "storage": true}}}})
	add("oxen", "farm.example.com/v1", "Ox", "shop", "bert", map[string]any{
		"spec": map[string]any{"age": int64(9007199254740993), "weight": 812.5, "tiny": 1e-7, "large": 1e21, "none": nil, "list": []any{}}})
	add("configmaps", "v1", "ConfigMap", "shop", "texts", map[string]any{
		"data": map[string]any{"html": "<a href=\"x?y&z\">", "separators": "\u2028\u2029", "nul": "a\x00b", "emoji": "🚀", "controls": "\x01\x1f\x7f"}})
	add("configmaps", "v1", "ConfigMap", "shop", strings.Repeat("long.", 48)+"name", map[string]any{"data": map[string]any{"a": "PAX path"}})
	add("clusterroles", "rbac.authorization.k8s.io/v1", "ClusterRole", "", "system:größer als ASCII", map[string]any{"rules": []any{}})
	add("deployments", "apps/v1", "Deployment", "shop", "web", map[string]any{"spec": map[string]any{"replicas": int64(2)}})
	add("pods", "v1", "Pod", "shop", "web-1", map[string]any{"spec": map[string]any{"containers": []any{map[string]any{"name": "web", "image": "nginx"}}}})
	for n := 0; n < 40; n++ {
		big := strings.Repeat(fmt.Sprintf("line %d of a larger text\n", n), 100*n)
		add("secrets", "v1", "Secret", "other", fmt.Sprintf("secret-%02d", n), map[string]any{"stringData": map[string]any{"text": big}})
	}
	return all
}

func add(w *tar.Writer, name string, data []byte) {
	must(w.WriteHeader(&tar.Header{Name: name, Size: int64(len(data)), Typeflag: tar.TypeReg, Mode: 0o755, ModTime: time.Now()}))
	_, err := w.Write(data)
	must(err)
}

// tarball has the entries that Velero's backup writes, in its order.
func tarball(items []stored) *bytes.Reader {
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	w := tar.NewWriter(zip)
	add(w, "metadata/version", []byte("1.1.0\n"))
	for _, i := range items {
		text, err := json.Marshal(i.object)
		must(err)
		version := schema.FromAPIVersionAndKind(i.object["apiVersion"].(string), "").Version + velerov1.PreferredVersionDir
		add(w, archive.GetItemFilePath("", i.groupResource, i.namespace, i.name), text)
		add(w, archive.GetVersionedItemFilePath("", i.groupResource, i.namespace, i.name, version), text)
	}
	must(w.Close())
	must(zip.Close())
	return bytes.NewReader(out.Bytes())
}

func zipped(value any) *bytes.Reader {
	buffer, errs := encode.ToJSONGzip(value, "test")
	if len(errs) > 0 {
		must(errs[0])
	}
	return bytes.NewReader(buffer.Bytes())
}

func backupResource(name string, items int) *velerov1.Backup {
	start, yes := metav1.NewTime(time.Now().Add(-time.Minute).Truncate(time.Second)), true
	end, expiration := metav1.NewTime(start.Add(5*time.Second)), metav1.NewTime(start.Add(720*time.Hour))
	b := &velerov1.Backup{TypeMeta: metav1.TypeMeta{Kind: "Backup", APIVersion: velerov1.SchemeGroupVersion.String()}}
	b.Name, b.Namespace, b.UID, b.ResourceVersion, b.Generation = name, "velero", "5f0c0f0e-0000-4000-8000-000000000002", "4711", 7
	b.CreationTimestamp = start
	b.Labels = map[string]string{velerov1.StorageLocationLabel: "default", velerov1.ScheduleNameLabel: "daily"}
	b.Annotations = map[string]string{"velero.io/source-cluster-k8s-gitversion": "v1.36.1", "velero.io/resource-timeout": "10m0s"}
	b.Spec = velerov1.BackupSpec{
		IncludedNamespaces: []string{"*"}, StorageLocation: "default", SnapshotVolumes: &yes, VolumeSnapshotLocations: []string{"default"},
		TTL: metav1.Duration{Duration: 720 * time.Hour}, CSISnapshotTimeout: metav1.Duration{Duration: 10 * time.Minute},
		ItemOperationTimeout: metav1.Duration{Duration: 4 * time.Hour}, OrderedResources: map[string]string{"pods": "shop/web-1"},
		OrLabelSelectors: []*metav1.LabelSelector{{MatchExpressions: []metav1.LabelSelectorRequirement{
			{Key: "from", Operator: metav1.LabelSelectorOpIn, Values: []string{"velero"}}}}},
		Hooks: velerov1.BackupHooks{Resources: []velerov1.BackupResourceHookSpec{{Name: "freeze", PreHooks: []velerov1.BackupResourceHook{
			{Exec: &velerov1.ExecHook{Container: "web", Command: []string{"sync"}, OnError: velerov1.HookErrorModeContinue}}}}}},
	}
	b.Status = velerov1.BackupStatus{Version: 1, FormatVersion: "1.1.0", Phase: velerov1.BackupPhasePartiallyFailed, StartTimestamp: &start,
		CompletionTimestamp: &end, Expiration: &expiration, Errors: 1, Warnings: 2, VolumeSnapshotsAttempted: 1, VolumeSnapshotsCompleted: 1,
		Progress: &velerov1.BackupProgress{TotalItems: items, ItemsBackedUp: items}, HookStatus: &velerov1.HookStatus{HooksAttempted: 1}}
	return b
}

// write puts a backup through Velero's own BackupStore, every object of it.
func write(root, name string) {
	_, store := open(root)
	items := sample()
	list := map[string][]string{}
	for _, i := range items {
		key, value := fmt.Sprintf("%s/%s", i.object["apiVersion"], i.object["kind"]), i.name
		if i.namespace != "" {
			value = i.namespace + "/" + i.name
		}
		list[key] = append(list[key], value)
		sort.Strings(list[key])
	}
	metadata, err := encode.Encode(backupResource(name, len(items)), "json")
	must(err)
	var log bytes.Buffer
	zip := gzip.NewWriter(&log)
	fmt.Fprintf(zip, "time=\"2026-01-02T03:04:05Z\" level=info msg=\"Backed up %d items\" backup=velero/%s logSource=\"pkg/backup/backup.go:500\"\n",
		len(items), name)
	must(zip.Close())
	pods := []*velerov1.PodVolumeBackup{{TypeMeta: metav1.TypeMeta{Kind: "PodVolumeBackup", APIVersion: "velero.io/v1"},
		ObjectMeta: metav1.ObjectMeta{Name: name + "-x", Namespace: "velero"}}}
	operation := &itemoperation.BackupOperation{Spec: itemoperation.BackupOperationSpec{BackupName: name, OperationID: "op-1",
		BackupItemAction: "velero.io/csi-pvc-backupper", ResourceIdentifier: velero.ResourceIdentifier{
			GroupResource: schema.GroupResource{Resource: "persistentvolumeclaims"}, Namespace: "shop", Name: "data"}}}
	operation.Status.Phase = itemoperation.OperationPhaseCompleted
	snapshots := []any{map[string]any{"spec": map[string]any{"backupName": name, "persistentVolumeName": "pv-1", "location": "default",
		"providerVolumeID": "vol-1", "volumeType": "gp3", "volumeIOPS": 100}, "status": map[string]any{"providerSnapshotID": "snap-1", "phase": "Completed"}}}
	volumes := []any{map[string]any{"pvName": "pv-1", "backupMethod": "NativeSnapshot", "snapshotDataMoved": false, "skipped": false,
		"nativeSnapshotInfo": map[string]any{"snapshotHandle": "snap-1", "volumeType": "gp3", "iops": "100", "Phase": "Completed"}}}
	must(store.PutBackup(persistence.BackupInfo{Name: name, Metadata: bytes.NewReader(metadata), Contents: tarball(items),
		Log: bytes.NewReader(log.Bytes()), BackupResults: zipped(map[string]results.Result{
			"errors": {Namespaces: map[string][]string{"shop": {" resource: /pods name: /web-2 message: /no"}}}, "warnings": {Velero: []string{"a"}}}),
		PodVolumeBackups: zipped(pods), VolumeSnapshots: zipped(snapshots), BackupItemOperations: zipped([]*itemoperation.BackupOperation{operation}),
		BackupResourceList: zipped(list), CSIVolumeSnapshotClasses: nil, BackupVolumeInfo: zipped(volumes)}))
	fmt.Printf("Velero wrote backup %s: %d items\n", name, len(items))
}

// Takes away what a restore resets.
func reset(u *unstructured.Unstructured) {
	for _, field := range []string{"uid", "resourceVersion", "creationTimestamp"} {
		unstructured.RemoveNestedField(u.Object, "metadata", field)
	}
	delete(u.Object, "status")
}

func checkRestored(dir string) {
	items := sample()
	files := map[string]bool{}
	for _, i := range items {
		scope := i.namespace
		if scope == "" {
			scope = "_cluster"
		}
		path := filepath.Join(dir, scope, i.groupResource, i.name+".json")
		files[path] = true
		text, err := os.ReadFile(path)
		if !check(err, "not restored") {
			continue
		}
		u := &unstructured.Unstructured{}
		if !check(u.UnmarshalJSON(text), "%s", path) {
			continue
		}
		// Velero makes namespaces by themselves, without these labels.
		labels := u.GetLabels() // Velero makes namespaces by themselves, without these labels
		labelled := labels[velerov1.BackupNameLabel] != "" && labels[velerov1.RestoreNameLabel] != ""
		if labelled != (i.groupResource != "namespaces") {
			bad("%s: labels are %v", path, labels)
		}
		want := &unstructured.Unstructured{} // through the text, as it was stored
		stored, err := json.Marshal(i.object)
		must(err)
		must(want.UnmarshalJSON(stored))
		reset(want)
		unstructured.RemoveNestedField(u.Object, "metadata", "labels", velerov1.BackupNameLabel)
		unstructured.RemoveNestedField(u.Object, "metadata", "labels", velerov1.RestoreNameLabel)
		if !equality.Semantic.DeepEqual(u.Object, want.Object) {
			bad("%s differs:\n  stored   %v\n  restored %v", path, want.Object, u.Object)
		}
	}
	must(filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() && !files[path] {
			bad("%s was restored and never stored", path)
		}
		return err
	}))
	fmt.Printf("pintle restored Velero's backup: %d items, %d problems\n", len(items), problems)
}
