package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
)

type known struct {
	gvk        schema.GroupVersionKind
	resource   string
	namespaced bool
}

// kinds asks client-go's clients, which are generated from Kubernetes' own types, for plural names and scopes.
func kinds() []known {
	var all []known
	set := reflect.TypeOf((*kubernetes.Interface)(nil)).Elem()
	for i := 0; i < set.NumMethod(); i++ {
		group := set.Method(i).Type.Out(0) // AppsV1Interface
		if set.Method(i).Name == "Discovery" || group.Kind() != reflect.Interface {
			continue
		}
		for j := 0; j < group.NumMethod(); j++ {
			client := group.Method(j) // Deployments(namespace string) DeploymentInterface
			if client.Name == "RESTClient" {
				continue
			}
			get, ok := client.Type.Out(0).MethodByName("Get")
			if !ok {
				continue // reviews, which can only be created
			}
			if _, ok := client.Type.Out(0).MethodByName("List"); !ok {
				continue
			}
			object := reflect.New(get.Type.Out(0).Elem()).Interface()
			gvks, _, err := scheme.Scheme.ObjectKinds(object.(runtime.Object))
			must(err)
			all = append(all, known{gvks[0], strings.ToLower(client.Name), client.Type.NumIn() == 1})
		}
	}
	return all
}

func writeKinds(dir, expected string) {
	var places strings.Builder
	all := kinds()
	for n, k := range all {
		name := strings.ToLower(fmt.Sprintf("%s-%s", k.gvk.Kind, k.gvk.Version))
		metadata, namespace := map[string]any{"name": name}, ""
		if k.namespaced {
			namespace = "shop"
			metadata["namespace"] = namespace
		}
		text, err := json.Marshal(map[string]any{"apiVersion": k.gvk.GroupVersion().String(), "kind": k.gvk.Kind, "metadata": metadata})
		must(err)
		must(os.WriteFile(filepath.Join(dir, fmt.Sprintf("%03d.json", n)), text, 0o644))
		fmt.Fprintf(&places, "%s,%s,%s\n", schema.GroupResource{Group: k.gvk.Group, Resource: k.resource}, namespace, name)
	}
	must(os.WriteFile(expected, []byte(places.String()), 0o644))
	fmt.Printf("%d types of Kubernetes\n", len(all))
}
