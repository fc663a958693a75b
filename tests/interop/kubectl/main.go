// kubectl -- reads manifests as `kubectl apply -R -f DIR` does.  SPDX-License-Identifier: Apache-2.0
//
//	kubectl IN OUT   IN: what was backed up. OUT: what was restored from that, <namespace|_cluster>/<resource.group>/<name>.json
//
// Every file of OUT holds exactly one object; kind, namespace and name agree with its path; all that is in IN is in OUT, and nothing else; the
// contents are the same, except for what a restore resets.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/cli-runtime/pkg/resource"
)

type object struct {
	source string
	*unstructured.Unstructured
}

var problems int

func bad(format string, args ...any) {
	problems++
	fmt.Printf(format+"\n", args...)
}

func read(dir string) []object {
	var all []object
	err := resource.NewLocalBuilder().Unstructured().ContinueOnError().NamespaceParam("default").DefaultNamespace().
		FilenameParam(false, &resource.FilenameOptions{Recursive: true, Filenames: []string{dir}}).Flatten().Do().
		Visit(func(info *resource.Info, err error) error {
			if err != nil {
				return err
			}
			u, ok := info.Object.(*unstructured.Unstructured)
			if !ok {
				return fmt.Errorf("%s: %T is no object", info.Source, info.Object)
			}
			source, err := filepath.Rel(dir, info.Source)
			all = append(all, object{source, u})
			return err
		})
	if err != nil {
		bad("kubectl cannot read %s: %v", dir, err)
	}
	return all
}

// What CustomResourceDefinitions say about plural names.
func plurals(objects []object) map[schema.GroupKind]string {
	names := map[schema.GroupKind]string{}
	for _, o := range objects {
		if o.GetKind() == "CustomResourceDefinition" {
			group, _, _ := unstructured.NestedString(o.Object, "spec", "group")
			kind, _, _ := unstructured.NestedString(o.Object, "spec", "names", "kind")
			plural, _, _ := unstructured.NestedString(o.Object, "spec", "names", "plural")
			names[schema.GroupKind{Group: group, Kind: kind}] = plural
		}
	}
	return names
}

func groupResource(o object, known map[schema.GroupKind]string) string {
	gvk := o.GroupVersionKind()
	if plural, ok := known[gvk.GroupKind()]; ok {
		return schema.GroupResource{Group: gvk.Group, Resource: plural}.String()
	}
	plural, _ := meta.UnsafeGuessKindToResource(gvk)
	return plural.GroupResource().String()
}

func checkPath(o object, known map[schema.GroupKind]string) {
	part := strings.Split(o.source, "/")
	if len(part) != 3 {
		bad("%s: %d parts instead of 3", o.source, len(part))
		return
	}
	if part[0] == "_cluster" {
		part[0] = ""
	} else if o.GetNamespace() == "" {
		bad("%s: the object has no namespace: kubectl would put it where the context says", o.source)
	}
	if ns := o.GetNamespace(); ns != "" && ns != part[0] {
		bad("%s: the object's namespace is %q", o.source, ns)
	}
	if want := groupResource(o, known); part[1] != want {
		bad("%s: %s is a %s", o.source, o.GroupVersionKind(), want)
	}
	name := strings.TrimSuffix(part[2], ".json")
	// A file system's limit: a longer name is cut, and a hash follows '~', which no name of Kubernetes holds.
	if kept, _, cut := strings.Cut(name, "~"); cut {
		if len(o.GetName())+len(".json") <= 255 || !strings.HasPrefix(o.GetName(), kept) {
			bad("%s: the object's name is %q", o.source, o.GetName())
		}
	} else if name != o.GetName() {
		bad("%s: the object's name is %q", o.source, o.GetName())
	}
}

func key(o object) string {
	return fmt.Sprintf("%s %s/%s", o.GroupVersionKind(), o.GetNamespace(), o.GetName())
}

// Takes away what a restore resets.
func reset(o object) {
	for _, field := range []string{"generateName", "selfLink", "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp",
		"deletionGracePeriodSeconds", "ownerReferences"} {
		unstructured.RemoveNestedField(o.Object, "metadata", field)
	}
	delete(o.Object, "status")
	if o.GetKind() == "PersistentVolume" {
		unstructured.RemoveNestedField(o.Object, "spec", "claimRef", "uid")
	}
}

// Takes away what a restore adds: these labels, except to namespaces.
func unlabel(o object) {
	labels, labelled := o.GetLabels(), true
	for _, name := range []string{"velero.io/backup-name", "velero.io/restore-name"} {
		labelled = labelled && labels[name] != ""
		delete(labels, name)
	}
	if labelled == (o.GetKind() == "Namespace") {
		bad("%s: labels are %v", o.source, o.GetLabels())
	}
	if o.SetLabels(labels); len(labels) == 0 {
		unstructured.RemoveNestedField(o.Object, "metadata", "labels")
	}
}

func main() {
	in, out := read(os.Args[1]), read(os.Args[2])
	known := plurals(out)
	objects, files, sources := map[string]object{}, 0, map[string]int{}
	for _, o := range out {
		sources[o.source]++
		checkPath(o, known)
		objects[key(o)] = o
	}
	err := filepath.Walk(os.Args[2], func(path string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() {
			files++
			relative, _ := filepath.Rel(os.Args[2], path)
			if n := sources[relative]; n != 1 {
				bad("%s: kubectl reads %d objects from it", relative, n)
			}
		}
		return err
	})
	if err != nil {
		bad("%v", err)
	}
	for _, want := range in {
		if strings.HasPrefix(filepath.Base(want.source), ".") {
			continue // pintle leaves hidden files alone
		}
		if want.GetNamespace() == "" {
			want.SetNamespace("default")
			if _, ok := objects[key(want)]; !ok {
				want.SetNamespace("")
			}
		}
		got, ok := objects[key(want)]
		if !ok {
			bad("%s: %s was not restored", want.source, key(want))
			continue
		}
		delete(objects, key(want))
		reset(want)
		unlabel(got)
		if !equality.Semantic.DeepEqual(want.Object, got.Object) {
			bad("%s: %s differs:\n  stored   %v\n  restored %v", want.source, key(want), want.Object, got.Object)
		}
	}
	var more []string
	for k := range objects {
		more = append(more, k)
	}
	sort.Strings(more)
	for _, k := range more {
		bad("%s was restored and never stored", k)
	}
	fmt.Printf("kubectl read %d files, %d objects; %d problems\n", files, len(out), problems)
	if problems > 0 || files == 0 || len(in) == 0 {
		os.Exit(1)
	}
}
