package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"reflect"
	"sort"
	"strings"
	"time"

	"github.com/vmware-tanzu/velero/config/crd/v1/crds"
	velerov1 "github.com/vmware-tanzu/velero/pkg/apis/velero/v1"
	"github.com/vmware-tanzu/velero/pkg/persistence"
	"github.com/vmware-tanzu/velero/pkg/util"
	"github.com/vmware-tanzu/velero/pkg/util/encode"
	"github.com/vmware-tanzu/velero/pkg/util/results"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/kube-openapi/pkg/validation/spec"
	"k8s.io/kube-openapi/pkg/validation/strfmt"
	"k8s.io/kube-openapi/pkg/validation/validate"
)

func get(d *directory, key string) []byte {
	data, err := os.ReadFile(d.path(key))
	check(err, "%s", key)
	return data
}

// strictObject decodes with Velero's scheme, refusing fields that it does not know; what Velero would write is what is there.
func strictObject(d *directory, key string, into runtime.Object) {
	data := get(d, key)
	codecs := serializer.NewCodecFactory(util.VeleroScheme, serializer.EnableStrict)
	if !check(runtime.DecodeInto(codecs.UniversalDecoder(velerov1.SchemeGroupVersion), data, into), "%s", key) {
		return
	}
	again, err := encode.Encode(into, "json")
	if !check(err, "%s: encoding it again", key) {
		return
	}
	var ours, theirs any
	check(json.Unmarshal(data, &ours), "%s", key)
	check(json.Unmarshal(again, &theirs), "%s", key)
	if !reflect.DeepEqual(ours, theirs) {
		bad("%s: Velero would write other values:\n%s\ninstead of\n%s", key, again, data)
	}
	validateObject(key, into.GetObjectKind().GroupVersionKind().Kind, ours)
}

// validateObject does what the API server does when the server creates the object: it checks the CustomResourceDefinition's schema.
func validateObject(key, kind string, object any) {
	for _, crd := range crds.CRDs {
		if crd.Spec.Names.Kind != kind {
			continue
		}
		text, err := json.Marshal(crd.Spec.Versions[0].Schema.OpenAPIV3Schema)
		must(err)
		schema := new(spec.Schema)
		must(json.Unmarshal(text, schema))
		for _, e := range validate.NewSchemaValidator(schema, nil, "", strfmt.Default).Validate(object).Errors {
			bad("%s: the API server would refuse it: %v", key, e)
		}
		return
	}
	bad("no CustomResourceDefinition of kind %s", kind)
}

// strictJSON decodes a gzipped file into Velero's type: one member, no unknown fields, nothing behind the value but a line feed.
func strictJSON(d *directory, key string, into any) {
	zipped, err := gzip.NewReader(bytes.NewReader(get(d, key)))
	if !check(err, "%s", key) {
		return
	}
	data, err := io.ReadAll(zipped)
	check(err, "%s", key)
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if check(decoder.Decode(into), "%s", key) && decoder.InputOffset() != int64(len(data)-1) {
		bad("%s: %d bytes behind the value", key, int64(len(data))-decoder.InputOffset())
	}
}

// like makes a value of the type that a method of BackupStore returns: Velero keeps some of these types to itself.
func like(method any) any { return reflect.New(reflect.TypeOf(method).Out(0)).Interface() }

func length(pointer any) int { return reflect.ValueOf(pointer).Elem().Len() }

func read(root, name, restore, input, expected string) {
	d, store := open(root)
	check(store.IsValid(), "IsValid")
	backups, err := store.ListBackups()
	check(err, "ListBackups")
	if !strings.Contains(" "+strings.Join(backups, " ")+" ", " "+name+" ") {
		bad("ListBackups gives %v", backups)
	}
	exists, err := store.BackupExists("bucket", name)
	if check(err, "BackupExists"); !exists {
		bad("BackupExists says no")
	}
	backup := readBackup(d, store, name)
	volumes := readFiles(d, store, name)
	contents, err := store.GetBackupContents(name)
	must(err)
	items := extractAs(contents.(*os.File))
	readList(d, backup, items)
	if input != "" {
		compareInput(items, input)
	}
	if expected != "" {
		compareExpected(items, expected)
	}
	checkVolumes(items, volumes)
	readRestore(d, store, restore, name, items)
	downloads(d, store, name, restore)
	fmt.Printf("Velero read backup %s: %d items, %d volumes; restore %s; %d problems\n", name, len(items), len(volumes), restore, problems)
	if len(items) == 0 {
		bad("no items")
	}
}

// readBackup: the rules of Velero's backup sync.
func readBackup(d *directory, store persistence.BackupStore, name string) *velerov1.Backup {
	key := "backups/" + name + "/velero-backup.json"
	strict := &velerov1.Backup{}
	strictObject(d, key, strict)
	b, err := store.GetBackupMetadata(name)
	must(err)
	if !equality.Semantic.DeepEqual(b, strict) {
		bad("%s: GetBackupMetadata gives another object", key)
	}
	rule := func(ok bool, what string, value any) {
		if !ok {
			bad("%s: %s: %v", key, what, value)
		}
	}
	s := b.Status
	rule(b.Name == name, "metadata.name is not the directory's", b.Name)
	rule(s.Phase == velerov1.BackupPhaseCompleted, "status.phase", s.Phase)
	rule(s.Version == 1 && s.FormatVersion == "1.1.0", "status.version", s.FormatVersion)
	rule(s.Expiration != nil && s.Expiration.After(time.Now().Add(time.Hour)), "status.expiration: garbage collection would take it", s.Expiration)
	rule(s.StartTimestamp != nil && s.CompletionTimestamp != nil && !s.CompletionTimestamp.Before(s.StartTimestamp), "times", s)
	if s.Expiration != nil && s.StartTimestamp != nil {
		rule(s.Expiration.Sub(s.StartTimestamp.Time) == b.Spec.TTL.Duration, "expiration is not start and TTL", s.Expiration)
	}
	rule(b.Labels[velerov1.StorageLocationLabel] == b.Spec.StorageLocation && b.Spec.StorageLocation != "", "storage location", b.Labels)
	rule(b.Namespace == "velero", "metadata.namespace", b.Namespace)
	rule(len(b.OwnerReferences) == 0, "metadata.ownerReferences", b.OwnerReferences)
	return b
}

func readFiles(d *directory, store persistence.BackupStore, name string) []map[string]any {
	file := func(end string) string { return "backups/" + name + "/" + name + "-" + end }
	messages := map[string]results.Result{}
	strictJSON(d, file("results.gz"), &messages)
	if errors := messages["errors"]; len(messages) != 2 || !errors.IsEmpty() {
		bad("%s: %v", file("results.gz"), messages)
	}
	operations, snapshots, pods, infos := like(store.GetBackupItemOperations), like(store.GetBackupVolumeSnapshots),
		like(store.GetPodVolumeBackups), like(store.GetBackupVolumeInfos)
	strictJSON(d, file("itemoperations.json.gz"), operations)
	strictJSON(d, file("volumesnapshots.json.gz"), snapshots)
	strictJSON(d, file("podvolumebackups.json.gz"), pods)
	strictJSON(d, file("volumeinfo.json.gz"), infos)
	o, err := store.GetBackupItemOperations(name)
	check(err, "GetBackupItemOperations")
	s, err := store.GetBackupVolumeSnapshots(name)
	check(err, "GetBackupVolumeSnapshots")
	p, err := store.GetPodVolumeBackups(name)
	check(err, "GetPodVolumeBackups")
	v, err := store.GetBackupVolumeInfos(name)
	check(err, "GetBackupVolumeInfos")
	if len(o) != length(operations) || len(s) != length(snapshots) || len(p) != length(pods) || len(v) != length(infos) {
		bad("the store's methods give other lists than the files")
	}
	c, err := store.GetCSIVolumeSnapshots(name)
	if check(err, "GetCSIVolumeSnapshots"); len(c) != 0 {
		bad("CSI snapshots: %v", c)
	}
	_, err = store.GetCSIVolumeSnapshotClasses(name)
	check(err, "GetCSIVolumeSnapshotClasses")
	text, err := json.Marshal(v) // as Velero's client prints them
	must(err)
	var volumes []map[string]any
	must(json.Unmarshal(text, &volumes))
	return volumes
}

// readList compares items, resource list and progress.
func readList(d *directory, b *velerov1.Backup, items []item) {
	key := "backups/" + b.Name + "/" + b.Name + "-resource-list.json.gz"
	list, want := map[string][]string{}, map[string][]string{}
	strictJSON(d, key, &list)
	for _, i := range items {
		checkItem(i)
		apiVersion, kind := i.Object.GetAPIVersion(), i.Object.GetKind()
		name := i.Object.GetName()
		if i.Namespace != "" {
			name = i.Namespace + "/" + name
		}
		want[apiVersion+"/"+kind] = append(want[apiVersion+"/"+kind], name)
	}
	for _, names := range want {
		sort.Strings(names)
	}
	if !reflect.DeepEqual(list, want) {
		bad("%s has\n%v\nand the tarball\n%v", key, list, want)
	}
	if p := b.Status.Progress; p == nil || p.TotalItems != len(items) || p.ItemsBackedUp != len(items) {
		bad("status.progress is %v with %d items in the tarball", p, len(items))
	}
}

func compareInput(items []item, input string) {
	have := map[string]item{}
	for _, i := range items {
		have[identity(i.Object, i.Namespace)] = i
	}
	for _, u := range manifests(input) {
		id := identity(&u, u.GetNamespace())
		if _, ok := have[id]; !ok && u.GetNamespace() == "" {
			id = identity(&u, "default")
		}
		i, ok := have[id]
		if !ok {
			bad("%s is not in the tarball", id)
			continue
		}
		delete(have, id)
		if !equality.Semantic.DeepEqual(i.Object.Object, u.Object) {
			bad("%s differs:\n  given  %v\n  stored %v", id, u.Object, i.Object.Object)
		}
	}
	for id := range have {
		bad("%s is in the tarball and was not given", id)
	}
}

func compareExpected(items []item, expected string) {
	text, err := os.ReadFile(expected)
	must(err)
	want := map[string]bool{}
	for _, line := range strings.Fields(string(text)) {
		want[line] = true
	}
	for _, i := range items {
		place := i.GroupResource + "," + i.Namespace + "," + i.Name
		if !want[place] {
			bad("an unexpected item: %s", place)
		}
		delete(want, place)
	}
	for place := range want {
		bad("no item %s", place)
	}
}

// checkVolumes: every volume has a line.
func checkVolumes(items []item, volumes []map[string]any) {
	lines := map[string]bool{}
	for _, v := range volumes {
		lines[fmt.Sprint(v["pvName"])] = true
		if v["skipped"] == true && fmt.Sprint(v["skippedReason"]) == "" {
			bad("volume info without a reason: %v", v)
		}
	}
	for _, i := range items {
		if i.GroupResource == "persistentvolumes" && !lines[i.Name] {
			bad("volume info has no line for %s", i.Name)
		}
	}
	if len(lines) != len(volumes) {
		bad("volume info: %v", volumes)
	}
}

// What Velero never restores.
var notRestored = map[string]bool{"nodes": true, "events": true, "events.events.k8s.io": true, "csinodes.storage.k8s.io": true,
	"volumeattachments.storage.k8s.io": true, "backups.velero.io": true, "restores.velero.io": true, "backuprepositories.velero.io": true}

func readRestore(d *directory, store persistence.BackupStore, name, backup string, items []item) {
	file := func(end string) string { return "restores/" + name + "/restore-" + name + "-" + end }
	messages, list, operations := map[string]results.Result{}, map[string][]string{}, like(store.GetRestoreItemOperations)
	strictJSON(d, file("results.gz"), &messages)
	strictJSON(d, file("resource-list.json.gz"), &list)
	strictJSON(d, file("itemoperations.json.gz"), operations)
	var volumes []map[string]any // Velero keeps the type to itself, and no method returns it
	strictJSON(d, "restores/"+name+"/"+name+"-volumeinfo.json.gz", &volumes)
	r, err := store.GetRestoreResults(name)
	check(err, "GetRestoreResults")
	errors := r["errors"]
	if len(r) != 2 || !errors.IsEmpty() || !reflect.DeepEqual(r, messages) {
		bad("GetRestoreResults gives %v", r)
	}
	l, err := store.GetRestoredResourceList(name)
	check(err, "GetRestoredResourceList")
	created, want := 0, 0
	for _, i := range items {
		if !notRestored[i.GroupResource] {
			want++
		}
	}
	for _, names := range l {
		for _, n := range names {
			if strings.HasSuffix(n, "(created)") {
				created++
			}
		}
	}
	if created != want || !reflect.DeepEqual(l, list) {
		bad("GetRestoredResourceList gives %d created items of %d", created, want)
	}
	_, err = store.GetRestoreItemOperations(name)
	check(err, "GetRestoreItemOperations")
	key := "restores/" + name + "/velero-restore.json" // pintle's own: Velero keeps the Restore in the cluster only
	if exists, _ := d.ObjectExists("", key); exists {
		restore := &velerov1.Restore{}
		strictObject(d, key, restore)
		if restore.Name != name || restore.Spec.BackupName != backup || restore.Status.Phase != velerov1.RestorePhaseCompleted {
			bad("%s: %v", key, restore)
		}
	}
}

// downloads: what `velero backup describe|logs|download` and the same of restores ask for is there, and gzipped.
func downloads(d *directory, store persistence.BackupStore, backup, restore string) {
	for kind, name := range map[velerov1.DownloadTargetKind]string{
		velerov1.DownloadTargetKindBackupLog: backup, velerov1.DownloadTargetKindBackupContents: backup,
		velerov1.DownloadTargetKindBackupVolumeSnapshots: backup, velerov1.DownloadTargetKindBackupItemOperations: backup,
		velerov1.DownloadTargetKindBackupResourceList: backup, velerov1.DownloadTargetKindBackupResults: backup,
		velerov1.DownloadTargetKindBackupVolumeInfos: backup, velerov1.DownloadTargetKindRestoreLog: restore,
		velerov1.DownloadTargetKindRestoreResults: restore, velerov1.DownloadTargetKindRestoreResourceList: restore,
		velerov1.DownloadTargetKindRestoreItemOperations: restore, velerov1.DownloadTargetKindRestoreVolumeInfo: restore,
	} {
		key, err := store.GetDownloadURL(velerov1.DownloadTarget{Kind: kind, Name: name})
		if !check(err, "%s", kind) {
			continue
		}
		zipped, err := gzip.NewReader(bytes.NewReader(get(d, key)))
		if check(err, "%s", key) {
			_, err = io.Copy(io.Discard, zipped)
			check(err, "%s", key)
		}
	}
}

func remove(root, backup, restore string) {
	d, store := open(root)
	check(store.DeleteBackup(backup), "DeleteBackup")
	check(store.DeleteRestore(restore), "DeleteRestore")
	for _, dir := range []string{"backups/" + backup + "/", "restores/" + restore + "/"} {
		left, err := d.ListObjects("", dir)
		if check(err, "%s", dir); len(left) > 0 {
			bad("left behind: %v", left)
		}
	}
	fmt.Printf("Velero deleted backup %s and restore %s\n", backup, restore)
}
