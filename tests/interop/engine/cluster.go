package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/sirupsen/logrus"
	"github.com/vmware-tanzu/velero/pkg/client"
	"github.com/vmware-tanzu/velero/pkg/discovery"
	"github.com/vmware-tanzu/velero/pkg/test"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/yaml"
	discoveryfake "k8s.io/client-go/discovery/fake"
	dynamicfake "k8s.io/client-go/dynamic/fake"
	kubefake "k8s.io/client-go/kubernetes/fake"
	kubetesting "k8s.io/client-go/testing"
	kbclient "sigs.k8s.io/controller-runtime/pkg/client"
)

// kind is a type that the cluster serves; the first version of a group is its preferred one.
type kind struct {
	group, version, resource, kind string
	namespaced                     bool
}

var kinds = []kind{
	{"", "v1", "pods", "Pod", true},
	{"", "v1", "persistentvolumeclaims", "PersistentVolumeClaim", true},
	{"", "v1", "persistentvolumes", "PersistentVolume", false},
	{"", "v1", "namespaces", "Namespace", false},
	{"", "v1", "configmaps", "ConfigMap", true},
	{"", "v1", "secrets", "Secret", true},
	{"", "v1", "serviceaccounts", "ServiceAccount", true},
	{"", "v1", "services", "Service", true},
	{"", "v1", "nodes", "Node", false},
	{"", "v1", "events", "Event", true},
	{"apps", "v1", "deployments", "Deployment", true},
	{"batch", "v1", "jobs", "Job", true},
	{"autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler", true},
	{"autoscaling", "v1", "horizontalpodautoscalers", "HorizontalPodAutoscaler", true},
	{"rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole", false},
	{"rbac.authorization.k8s.io", "v1", "clusterrolebindings", "ClusterRoleBinding", false},
	{"rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding", true},
	{"apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", false},
	{"zoo.example.com", "v1", "oxen", "Ox", true},
	{"zoo.example.com", "v1alpha1", "oxen", "Ox", true},
	{"zoo.example.com", "v1", "cages", "Cage", false},
}

func (k kind) gvr() schema.GroupVersionResource {
	return schema.GroupVersionResource{Group: k.group, Version: k.version, Resource: k.resource}
}

// cluster is what Velero's engines need of one.
type cluster struct {
	kube      *kubefake.Clientset
	dynamic   *dynamicfake.FakeDynamicClient
	kb        kbclient.Client
	discovery discovery.Helper
	factory   client.DynamicFactory
	log       logrus.FieldLogger
}

// An API server tells these as soon as it serves the new type; Velero waits for them.
func established(action kubetesting.Action) (bool, runtime.Object, error) {
	crd := action.(kubetesting.CreateAction).GetObject().(*unstructured.Unstructured)
	must(unstructured.SetNestedSlice(crd.Object, []any{map[string]any{"type": "Established", "status": "True"},
		map[string]any{"type": "NamesAccepted", "status": "True"}}, "status", "conditions"))
	return false, nil, nil
}

func newCluster(manifestDir string, log logrus.FieldLogger) *cluster {
	t := &testing.T{} // Velero's helpers want one
	lists := map[schema.GroupVersionResource]string{}
	for _, k := range kinds {
		lists[k.gvr()] = k.kind + "List"
	}
	c := &cluster{kube: kubefake.NewSimpleClientset(), dynamic: dynamicfake.NewSimpleDynamicClientWithCustomListKinds(runtime.NewScheme(), lists), log: log}
	c.dynamic.PrependReactor("create", "customresourcedefinitions", established)
	d := &test.DiscoveryClient{FakeDiscovery: c.kube.Discovery().(*discoveryfake.FakeDiscovery)}
	for _, k := range kinds {
		d.WithAPIResource(&test.APIResource{Group: k.group, Version: k.version, Name: k.resource, Kind: k.kind, Namespaced: k.namespaced})
	}
	var err error
	c.discovery, err = discovery.NewHelper(d, log)
	must(err)
	c.factory = client.NewDynamicFactory(c.dynamic)
	c.kb = test.NewFakeControllerRuntimeClient(t)
	if manifestDir != "" {
		for _, u := range manifests(manifestDir) {
			c.add(u.DeepCopy())
		}
	}
	return c
}

func (c *cluster) add(u *unstructured.Unstructured) {
	ctx := context.Background()
	if u.GetKind() == "Namespace" {
		ns := &corev1.Namespace{}
		must(runtime.DefaultUnstructuredConverter.FromUnstructured(u.Object, ns))
		fresh := ns.DeepCopy()
		fresh.ResourceVersion = ""
		must(c.kb.Create(ctx, fresh))
		_, err := c.kube.CoreV1().Namespaces().Create(ctx, ns, metav1.CreateOptions{})
		must(err)
	}
	for _, k := range kinds {
		if k.kind != u.GetKind() || k.group != u.GroupVersionKind().Group {
			continue
		}
		item := u.DeepCopy() // as the API server serves it, in each version
		item.SetAPIVersion(schema.GroupVersion{Group: k.group, Version: k.version}.String())
		var err error
		if k.namespaced {
			_, err = c.dynamic.Resource(k.gvr()).Namespace(u.GetNamespace()).Create(ctx, item, metav1.CreateOptions{})
		} else {
			_, err = c.dynamic.Resource(k.gvr()).Create(ctx, item, metav1.CreateOptions{})
		}
		must(err)
	}
}

// dump writes what is in the cluster, each object once, in its preferred version.
func (c *cluster) dump(dir string) int {
	n := 0
	seen := map[schema.GroupResource]bool{}
	for _, k := range kinds {
		if gr := k.gvr().GroupResource(); seen[gr] {
			continue
		}
		seen[k.gvr().GroupResource()] = true
		list, err := c.dynamic.Resource(k.gvr()).List(context.Background(), metav1.ListOptions{})
		must(err)
		items := list.Items
		if k.resource == "namespaces" {
			items = c.namespaces()
		}
		for _, u := range items {
			if k.resource == "customresourcedefinitions" {
				delete(u.Object, "status")
			}
			scope := u.GetNamespace()
			if !k.namespaced {
				scope = "_cluster"
			}
			path := filepath.Join(dir, scope, k.gvr().GroupResource().String(), u.GetName()+".json")
			must(os.MkdirAll(filepath.Dir(path), 0o755))
			text, err := json.Marshal(u.Object)
			must(err)
			must(os.WriteFile(path, text, 0o644))
			n++
		}
	}
	return n
}

func (c *cluster) namespaces() []unstructured.Unstructured {
	list, err := c.kube.CoreV1().Namespaces().List(context.Background(), metav1.ListOptions{})
	must(err)
	var all []unstructured.Unstructured
	for i := range list.Items {
		object, err := runtime.DefaultUnstructuredConverter.ToUnstructured(&list.Items[i])
		must(err)
		u := unstructured.Unstructured{Object: object}
		u.SetAPIVersion("v1")
		u.SetKind("Namespace")
		unstructured.RemoveNestedField(u.Object, "metadata", "creationTimestamp") // a Go zero
		if u.GetLabels()[corev1.LabelMetadataName] != "" {                        // the API server sets it to the name
			must(unstructured.SetNestedField(u.Object, u.GetName(), "metadata", "labels", corev1.LabelMetadataName))
		}
		if spec, ok := u.Object["spec"].(map[string]any); ok && len(spec) == 0 {
			delete(u.Object, "spec")
		}
		if status, ok := u.Object["status"].(map[string]any); ok && len(status) == 0 {
			delete(u.Object, "status")
		}
		all = append(all, u)
	}
	return all
}

func manifests(dir string) []unstructured.Unstructured {
	var all []unstructured.Unstructured
	must(filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		f, err := os.Open(path)
		must(err)
		defer f.Close()
		for decoder := yaml.NewYAMLOrJSONDecoder(f, 4096); ; {
			var raw json.RawMessage
			if err := decoder.Decode(&raw); err == io.EOF {
				return nil
			} else if err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
			u := unstructured.Unstructured{}
			if len(bytes.TrimSpace(raw)) > 0 && string(raw) != "null" {
				must(u.UnmarshalJSON(raw))
				all = append(all, u)
			}
		}
	}))
	return all
}

// bare leaves out what says nothing: Velero's actions work on Go's types, which write null and {} for what is not there.
func bare(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			if value = bare(value); value == nil {
				delete(v, key)
			} else {
				v[key] = value
			}
		}
		if len(v) == 0 {
			return nil
		}
	case []any:
		for i := range v {
			v[i] = bare(v[i])
		}
	}
	return v
}

// tree reads a directory of objects, by path.
func tree(dir string) map[string]*unstructured.Unstructured {
	all := map[string]*unstructured.Unstructured{}
	must(filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		must(err)
		u := &unstructured.Unstructured{}
		must(u.UnmarshalJSON(text))
		bare(u.Object)
		all[strings.TrimPrefix(path, dir+"/")] = u
		return nil
	}))
	return all
}

func compare(theirs, ours string) {
	want, have := tree(theirs), tree(ours)
	problems := 0
	var paths []string
	for path := range want {
		paths = append(paths, path)
	}
	for path := range have {
		if want[path] == nil {
			paths = append(paths, path)
		}
	}
	sort.Strings(paths)
	for _, path := range paths {
		w, h := want[path], have[path]
		if w != nil && h != nil && equality.Semantic.DeepEqual(w.Object, h.Object) {
			continue
		}
		problems++
		fmt.Printf("%s:\n", path)
		for _, one := range []struct {
			who string
			u   *unstructured.Unstructured
		}{{"Velero", w}, {"pintle", h}} {
			text := []byte("has none")
			if one.u != nil {
				text, _ = json.Marshal(one.u.Object)
			}
			fmt.Printf("  %s %s\n", one.who, text)
		}
	}
	fmt.Printf("%d objects of Velero's restore compared, %d differ\n", len(want), problems)
	if problems > 0 || len(want) == 0 {
		os.Exit(1)
	}
}
