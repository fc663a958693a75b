// act.go -- item actions.  SPDX-License-Identifier: Apache-2.0
//
// The annotation go.example.com/do is a list of words with "; " between, each with its argument behind a blank:
//
//	error TEXT             an error with a Stack          panic, crash, hang     what the word says
//	sleep DURATION         before it answers              log LEVEL              a line with fields, one of them not a string
//	add RESOURCE.GROUP NS NAME                            post RESOURCE.GROUP NS NAME     (an additional item, a post-operation item; NS - is none)
//	operation              id RUN-UID/NAME; DIR/NAME.go says how it goes: "ok", "fail", none: not yet. DIR/NAME.cancelled: it was cancelled
//	skip                   the item is not restored       wait DURATION          for additional items, until DIR/NAME.ready is there
//	set KEY VALUE          in data                        large BYTES            a value of that size in data
//	later exit             after the answer                later log LINES        of 1000 bytes after the answer; then DIR/NAME.logged
//	unset KEY              from data                      none                   no item at all (Velero: unchanged)
package main

import (
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/pkg/errors"
	"github.com/sirupsen/logrus"
	velerov1 "github.com/vmware-tanzu/velero/pkg/apis/velero/v1"
	"github.com/vmware-tanzu/velero/pkg/plugin/velero"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

type action struct {
	name string
	log  logrus.FieldLogger
}

// result is what a call came to, of either phase and version.
type result struct {
	item             *unstructured.Unstructured
	additional       []velero.ResourceIdentifier
	post             []velero.ResourceIdentifier
	operation        string
	skip, wait, none bool
	timeout          time.Duration
}

func identifier(words []string) velero.ResourceIdentifier {
	return velero.ResourceIdentifier{GroupResource: schema.ParseGroupResource(words[0]), Namespace: strings.Trim(words[1], "-"), Name: words[2]}
}

func (a action) do(r *result, words []string, uid string) error {
	arg := strings.Join(words[1:], " ")
	switch words[0] {
	case "error":
		return errors.New(arg)
	case "panic":
		panic("as the item says")
	case "crash":
		syscall.Kill(os.Getpid(), syscall.SIGSEGV)
		time.Sleep(time.Hour)
	case "exit":
		os.Exit(7)
	case "hang":
		time.Sleep(time.Hour)
	case "sleep":
		d, err := time.ParseDuration(arg)
		time.Sleep(d)
		return err
	case "log":
		level, err := logrus.ParseLevel(arg)
		if err != nil {
			return err
		}
		entry := a.log.WithFields(logrus.Fields{"name": r.item.GetName(), "number": 3, "yes": true})
		entry.Log(level, "as the item says")
	case "add":
		r.additional = append(r.additional, identifier(words[1:]))
	case "post":
		r.post = append(r.post, identifier(words[1:]))
	case "operation":
		r.operation = uid + "/" + r.item.GetName()
		note(r.item.GetName()+".started", "x")
	case "skip":
		r.skip = true
	case "wait":
		r.wait = true
		r.timeout, _ = time.ParseDuration(arg)
	case "set":
		return unstructured.SetNestedField(r.item.Object, strings.Join(words[2:], " "), "data", words[1])
	case "unset":
		unstructured.RemoveNestedField(r.item.Object, "data", words[1])
	case "large":
		n, err := strconv.Atoi(arg)
		if err != nil {
			return err
		}
		return unstructured.SetNestedField(r.item.Object, strings.Repeat("x", n), "data", "large")
	case "none":
		r.none = true
	case "later":
		go a.later(words[1:], r.item.GetName())
	default:
		return errors.Errorf("%q is no word", words[0])
	}
	return nil
}

// later is what goes on once the call is answered.
func (a action) later(words []string, name string) {
	time.Sleep(200 * time.Millisecond)
	if words[0] == "exit" {
		os.Exit(8)
	}
	lines, _ := strconv.Atoi(words[1])
	for i := range lines {
		a.log.Info("later " + strconv.Itoa(i) + " " + strings.Repeat("x", 1000))
	}
	note(name+".logged", "x")
}

func (a action) execute(item runtime.Unstructured, phase, uid string) (*result, error) {
	r := &result{item: &unstructured.Unstructured{Object: item.UnstructuredContent()}}
	if a.name != "act" {
		annotations := r.item.GetAnnotations()
		if annotations == nil {
			annotations = map[string]string{}
		}
		annotations[prefix+a.name] = phase
		r.item.SetAnnotations(annotations)
	}
	if a.name == "told" {
		a.log.WithFields(logrus.Fields{"event": "change", "name": r.item.GetName(), "namespace": r.item.GetNamespace(), "op": "add",
			"path": "/metadata/annotations/" + prefix + a.name, "value": phase}).Info("add an annotation")
	}
	text := r.item.GetAnnotations()[prefix+"do"]
	if text == "" || (a.name != "act" && a.name != "v1") {
		return r, nil
	}
	for _, one := range strings.Split(text, "; ") {
		if err := a.do(r, strings.Fields(one), uid); err != nil {
			return nil, err
		}
	}
	return r, nil
}

func (a action) Name() string { return prefix + a.name }

func (a action) AppliesTo() (velero.ResourceSelector, error) {
	if a.name != "selective" {
		return velero.ResourceSelector{}, nil
	}
	return velero.ResourceSelector{
		IncludedNamespaces: []string{"shop", "web"}, ExcludedNamespaces: []string{"kube-system"},
		IncludedResources: []string{"configmaps", "secrets"}, ExcludedResources: []string{"pods"}, LabelSelector: "app=web,tier!=test",
	}, nil
}

func progress(id string) (velero.OperationProgress, error) {
	name := id[strings.LastIndex(id, "/")+1:]
	p := velero.OperationProgress{NCompleted: 1, NTotal: 3, OperationUnits: "steps", Description: "under way",
		Started: time.Unix(1700000000, 5), Updated: time.Unix(1700000001, 0)}
	text, _ := os.ReadFile(testFile(name + ".go"))
	switch strings.TrimSpace(string(text)) {
	case "ok":
		p.Completed, p.NCompleted, p.Description = true, 3, "done"
	case "fail":
		p.Completed, p.Err = true, "the vendor gave up"
	case "unknown":
		return p, errors.Errorf("no operation %s", id)
	}
	return p, nil
}

func cancel(id string) error {
	name := id[strings.LastIndex(id, "/")+1:]
	note(name+".cancelled", id)
	if name == "stubborn" {
		return errors.New("it cannot be cancelled")
	}
	return nil
}

func given(r *result) runtime.Unstructured {
	if r.none {
		return nil
	}
	return r.item
}

// ---- backup
type backupV2 struct{ action }

func (b backupV2) Execute(item runtime.Unstructured, backup *velerov1.Backup) (runtime.Unstructured, []velero.ResourceIdentifier, string, []velero.ResourceIdentifier, error) {
	r, err := b.execute(item, "backup", string(backup.UID))
	if err != nil {
		return nil, nil, "", nil, err
	}
	return given(r), r.additional, r.operation, r.post, nil
}
func (b backupV2) Progress(id string, _ *velerov1.Backup) (velero.OperationProgress, error) {
	return progress(id)
}
func (b backupV2) Cancel(id string, _ *velerov1.Backup) error { return cancel(id) }

type backupV1 struct{ action }

func (b backupV1) Execute(item runtime.Unstructured, backup *velerov1.Backup) (runtime.Unstructured, []velero.ResourceIdentifier, error) {
	r, err := b.execute(item, "backup", string(backup.UID))
	if err != nil {
		return nil, nil, err
	}
	return given(r), r.additional, nil
}

// ---- restore
type restoreV2 struct{ action }

func (a action) restore(in *velero.RestoreItemActionExecuteInput) (*velero.RestoreItemActionExecuteOutput, error) {
	r, err := a.execute(in.Item, "restore", string(in.Restore.UID))
	if err != nil {
		return nil, err
	}
	out := velero.NewRestoreItemActionExecuteOutput(given(r))
	out.AdditionalItems, out.SkipRestore, out.OperationID = r.additional, r.skip, r.operation
	out.WaitForAdditionalItems, out.AdditionalItemsReadyTimeout = r.wait, r.timeout
	return out, nil
}
func (a restoreV2) Execute(in *velero.RestoreItemActionExecuteInput) (*velero.RestoreItemActionExecuteOutput, error) {
	return a.restore(in)
}
func (a restoreV2) Progress(id string, _ *velerov1.Restore) (velero.OperationProgress, error) {
	return progress(id)
}
func (a restoreV2) Cancel(id string, _ *velerov1.Restore) error { return cancel(id) }
func (a restoreV2) AreAdditionalItemsReady(items []velero.ResourceIdentifier, _ *velerov1.Restore) (bool, error) {
	for _, i := range items {
		note("asked", i.GroupResource.String()+" "+i.Namespace+" "+i.Name)
		if _, err := os.Stat(testFile(i.Name + ".ready")); err != nil {
			return false, nil
		}
	}
	return true, nil
}

type restoreV1 struct{ action }

func (a restoreV1) Execute(in *velero.RestoreItemActionExecuteInput) (*velero.RestoreItemActionExecuteOutput, error) {
	return a.restore(in)
}

// ---- blocks, deletion
type block struct{ log logrus.FieldLogger }

func (block) Name() string { return prefix + "block" }
func (block) AppliesTo() (velero.ResourceSelector, error) {
	return velero.ResourceSelector{IncludedResources: []string{"configmaps", "secrets"}}, nil
}
func (block) GetRelatedItems(item runtime.Unstructured, _ *velerov1.Backup) ([]velero.ResourceIdentifier, error) {
	u := unstructured.Unstructured{Object: item.UnstructuredContent()}
	var found []velero.ResourceIdentifier
	for _, one := range strings.Fields(strings.ReplaceAll(u.GetAnnotations()[prefix+"with"], ",", " ")) {
		resource, name, ok := strings.Cut(one, "/")
		if !ok {
			return nil, errors.Errorf("%q is not RESOURCE/NAME", one)
		}
		found = append(found, identifier([]string{resource, u.GetNamespace(), name}))
	}
	return found, nil
}

type deletes struct{ log logrus.FieldLogger }

func (deletes) AppliesTo() (velero.ResourceSelector, error) {
	return velero.ResourceSelector{IncludedResources: []string{"configmaps"}}, nil
}
func (deletes) Execute(in *velero.DeleteItemActionExecuteInput) error {
	u := unstructured.Unstructured{Object: in.Item.UnstructuredContent()}
	note("deleted", u.GetName()+" of "+in.Backup.Name)
	if u.GetName() == "held" {
		return errors.New("the vendor holds it")
	}
	return nil
}
