// filters -- which items a Backup takes, as Velero's pkg/util/collections has it.  SPDX-License-Identifier: Apache-2.0
//
// With -cases it writes lines "spec<TAB>resource.group<TAB>namespace", all combinations of the lists below. Else it reads such lines and prints for
// each "refused" (Velero's controller does not validate the Backup), or whether an item of that type is collected, and whether it would be taken
// when a plugin returned it (pkg/backup item_collector.go, item_backupper.go itemInclusionChecks). Of a Namespace the namespace is its name.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/sirupsen/logrus"
	velerov1 "github.com/vmware-tanzu/velero/pkg/apis/velero/v1"
	"github.com/vmware-tanzu/velero/pkg/discovery"
	"github.com/vmware-tanzu/velero/pkg/util/collections"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

type resource struct {
	group, name, words string
	namespaced         bool
}

var resources = []resource{
	{"", "pods", "pods pod po", true},
	{"", "secrets", "secrets secret", true},
	{"apps", "deployments", "deployments deployment deploy", true},
	{"", "namespaces", "namespaces namespace ns", false},
	{"", "persistentvolumes", "persistentvolumes persistentvolume pv", false},
	{"rbac.authorization.k8s.io", "clusterroles", "clusterroles clusterrole", false},
	{"apiextensions.k8s.io", "customresourcedefinitions", "customresourcedefinitions crd", false},
}

// helper knows those types only; what else collections asks of it is nothing.
type helper struct{ discovery.Helper }

func (helper) ResourceFor(in schema.GroupVersionResource) (schema.GroupVersionResource, metav1.APIResource, error) {
	for _, r := range resources {
		if in.Group != "" && in.Group != r.group {
			continue
		}
		for _, word := range strings.Fields(r.words) {
			if word == in.Resource {
				return schema.GroupVersionResource{Group: r.group, Version: "v1", Resource: r.name}, metav1.APIResource{Name: r.name, Namespaced: r.namespaced}, nil
			}
		}
	}
	return schema.GroupVersionResource{}, metav1.APIResource{}, errors.New("unknown")
}

var active = []string{"a", "b", "team-1", "team-2"}

func log() logrus.FieldLogger {
	l := logrus.New()
	l.SetOutput(io.Discard)
	return l
}

// As backup_controller.go prepareBackupRequest, without the types that it excludes by itself.
func refused(s *velerov1.BackupSpec) bool {
	old := collections.UseOldResourceFilters(*s)
	scoped := len(s.IncludedClusterScopedResources)+len(s.ExcludedClusterScopedResources)+len(s.IncludedNamespaceScopedResources)+len(s.ExcludedNamespaceScopedResources) > 0
	var errs []error
	if old {
		errs = collections.ValidateIncludesExcludes(s.IncludedResources, s.ExcludedResources)
	} else {
		errs = append(collections.ValidateScopedIncludesExcludes(s.IncludedClusterScopedResources, s.ExcludedClusterScopedResources),
			collections.ValidateScopedIncludesExcludes(s.IncludedNamespaceScopedResources, s.ExcludedNamespaceScopedResources)...)
	}
	if len(s.IncludedNamespaces) == 0 {
		s.IncludedNamespaces = []string{"*"}
	}
	errs = append(errs, collections.ValidateNamespaceIncludesExcludes(s.IncludedNamespaces, s.ExcludedNamespaces)...)
	return old && scoped || len(errs) > 0
}

func answer(line string) string {
	part := strings.Split(line, "\t")
	var s velerov1.BackupSpec
	if err := json.Unmarshal([]byte(part[0]), &s); err != nil {
		return "bad line: " + err.Error()
	}
	if refused(&s) {
		return "refused"
	}
	spaces := collections.NewNamespaceIncludesExcludes().ActiveNamespaces(active).Includes(s.IncludedNamespaces...).Excludes(s.ExcludedNamespaces...)
	if err := spaces.ExpandIncludesExcludes(true); err != nil {
		return "bad line: " + err.Error()
	}
	var types collections.IncludesExcludesInterface
	if collections.UseOldResourceFilters(s) {
		types = collections.GetGlobalResourceIncludesExcludes(helper{}, log(), s.IncludedResources, s.ExcludedResources, s.IncludeClusterResources, *spaces)
	} else {
		types = collections.GetScopeResourceIncludesExcludes(helper{}, log(), s.IncludedNamespaceScopedResources, s.ExcludedNamespaceScopedResources,
			s.IncludedClusterScopedResources, s.ExcludedClusterScopedResources, *spaces)
	}
	kind, ns := part[1], part[2]
	collected, asked := types.ShouldInclude(kind), false
	switch {
	case kind == "namespaces":
		collected, asked = collected && spaces.ShouldInclude(ns), true
	case ns == "":
		asked = !types.ShouldExclude(kind)
	default:
		collected = collected && spaces.ShouldInclude(ns)
		asked = collected
	}
	return fmt.Sprintf("%t\t%t", collected, asked)
}

// Each list as JSON; "" = not set.
func combine(out *bufio.Writer, spec string, names []string, values [][]string) {
	if len(names) == 0 {
		for _, r := range resources {
			kind := schema.GroupResource{Group: r.group, Resource: r.name}.String()
			if !r.namespaced && r.name != "namespaces" {
				fmt.Fprintf(out, "{%s}\t%s\t\n", spec, kind)
				continue
			}
			for _, ns := range []string{"a", "team-1"} {
				fmt.Fprintf(out, "{%s}\t%s\t%s\n", spec, kind, ns)
			}
		}
		return
	}
	for _, v := range values[0] {
		more := spec
		if v != "" {
			if more != "" {
				more += ","
			}
			more += fmt.Sprintf("%q:%s", names[0], v)
		}
		combine(out, more, names[1:], values[1:])
	}
}

func cases(out *bufio.Writer) {
	in := []string{"", `["*"]`, `["a"]`, `["team-*","b"]`, `["team-[12]"]`}
	ex := []string{"", `["a"]`, `["team-?"]`}
	combine(out, "", []string{"includedNamespaces", "excludedNamespaces", "includedResources", "excludedResources", "includeClusterResources"},
		[][]string{in, ex, {"", `["*"]`, `["po","clusterroles"]`, `["deployments"]`, `["dep*"]`, `["*.apps","ns"]`, `["nothing"]`, `["apps"]`, `["*","pods"]`},
			{"", `["pods"]`, `["clusterrole"]`, `["*volumes","namespaces"]`, `["po"]`, `["*"]`, `["crd"]`}, {"", "true", "false"}})
	combine(out, "", []string{"includedNamespaces", "excludedNamespaces", "includedClusterScopedResources", "excludedClusterScopedResources",
		"includedNamespaceScopedResources", "excludedNamespaceScopedResources"},
		[][]string{{"", `["a"]`, `["team-*"]`}, {"", `["a"]`}, {"", `["*"]`, `["clusterroles"]`, `["pv","cluster*"]`, `["pods"]`, `["*","pv"]`},
			{"", `["*"]`, `["pv"]`, `["namespaces"]`, `["*roles*"]`, `["secrets"]`}, {"", `["*"]`, `["po","deploy"]`, `["dep*"]`, `["clusterroles"]`},
			{"", `["*"]`, `["pods"]`, `["*.apps"]`, `["clusterroles"]`, `["*","pods"]`}})
	combine(out, "", []string{"includedNamespaces", "excludedNamespaces"},
		[][]string{{"", `["*","a"]`, `["**"]`, `["a","a{b}"]`, `["x["]`, `["x]"]`, `["x[]"]`, `["A"]`, `["-a"]`, `["a-"]`, `["a.b"]`, `["a_b"]`, `["!a"]`, `["[A]"]`,
			`["[a-b]"]`, `["[[a]"]`, `["` + strings.Repeat("a", 63) + `"]`, `["` + strings.Repeat("a", 64) + `"]`}, {"", `["*"]`, `["a"]`, `["a*"]`, `["b","a(b)"]`}})
	combine(out, "", []string{"includedResources", "includedClusterScopedResources"}, [][]string{{`["pods"]`}, {"", `[]`, `["pv"]`}})
	combine(out, "", []string{"includeClusterResources", "excludedNamespaceScopedResources"}, [][]string{{"true", "false"}, {"", `[]`, `["pods"]`}})
}

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	if len(os.Args) == 2 && os.Args[1] == "-cases" {
		cases(out)
		return
	}
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		fmt.Fprintln(out, answer(in.Text()))
	}
}
