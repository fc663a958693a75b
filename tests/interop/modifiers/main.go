// main.go -- resource modifiers as Velero itself applies them.  SPDX-License-Identifier: Apache-2.0
//
// theirs generate SEED N    writes N cases, one JSON object a line: {"rules": text, "group", "resource", "item"}
// theirs compare CASES OURS  applies them with Velero's own package and compares with what pintle says, a line each: "refused", or
//
//	{"errors": n, "item": {...}}
//
// The module's path lies below Velero's, so that its internal package may be imported.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"strconv"
	"strings"

	"github.com/sirupsen/logrus"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/kubernetes/scheme"

	"github.com/vmware-tanzu/velero/internal/resourcemodifiers"
)

type testCase struct {
	Rules    string         `json:"rules"`
	Group    string         `json:"group"`
	Resource string         `json:"resource"`
	Item     map[string]any `json:"item"`
}

type answer struct {
	Errors int            `json:"errors"`
	Item   map[string]any `json:"item"`
}

var errDied = errors.New("died")

func quiet() logrus.FieldLogger {
	l := logrus.New()
	l.SetOutput(io.Discard)
	return l
}

// A directive that Velero leaves in an item goes when the API server reads it.
func withoutDirectives(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			if strings.HasPrefix(k, "$") {
				delete(v, k)
			} else {
				v[k] = withoutDirectives(v[k])
			}
		}
	case []any:
		for i := range v {
			v[i] = withoutDirectives(v[i])
		}
	}
	return v
}

// What Velero's libraries die of is an error there.
func velero(c testCase) (a answer, refused error) {
	defer func() {
		if recover() != nil {
			refused = errDied
		}
	}()
	data, _ := json.Marshal(c.Item)
	u := &unstructured.Unstructured{}
	if err := u.UnmarshalJSON(data); err != nil {
		panic(err)
	}
	m, err := resourcemodifiers.GetResourceModifiersFromConfig(&corev1.ConfigMap{Data: map[string]string{"rules": c.Rules}})
	if err == nil {
		err = m.Validate()
	}
	if err != nil {
		return a, err
	}
	gr := c.Resource
	if c.Group != "" {
		gr += "." + c.Group
	}
	namespace := u.GetNamespace()
	a.Errors = len(m.ApplyResourceModifierRules(u, gr, scheme.Scheme, quiet()))
	if namespace != "" { // as its restore does right after
		u.SetNamespace(namespace)
	}
	data, _ = u.MarshalJSON()
	json.Unmarshal(data, &a.Item)
	a.Item = withoutDirectives(a.Item).(map[string]any)
	return a, nil
}

func lines(file string) []string {
	f, err := os.Open(file)
	if err != nil {
		panic(err)
	}
	defer f.Close()
	in := bufio.NewScanner(f)
	in.Buffer(nil, 16<<20)
	var out []string
	for in.Scan() {
		out = append(out, in.Text())
	}
	return out
}

func text(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

func compare(cases, ours []string) bool {
	if len(cases) != len(ours) {
		fmt.Printf("%d cases, %d answers\n", len(cases), len(ours))
		return false
	}
	var changed, failed, refused, died, wrong int
	for i := range cases {
		var c testCase
		json.Unmarshal([]byte(cases[i]), &c)
		want, err := velero(c)
		if err == errDied {
			died++
			continue
		}
		if ours[i] == "refused" {
			// Earlier than Velero, which fails with each item, or never where the rule meets none.
			refused++
			if err == nil && want.Errors == 0 && !reflect.DeepEqual(want.Item, c.Item) {
				wrong++
				fmt.Printf("case %d is refused, Velero changes the item\n%s\n", i+1, cases[i])
			}
			continue
		}
		metadata, _ := want.Item["metadata"].(map[string]any)
		if name, _ := metadata["name"].(string); ours[i] == "failed" && name == "" {
			continue // nor could Velero restore it
		}
		var got answer
		if json.Unmarshal([]byte(ours[i]), &got) != nil || err != nil || got.Errors != want.Errors || !reflect.DeepEqual(got.Item, want.Item) {
			wrong++
			if wrong <= 5 {
				fmt.Printf("case %d\nrules  %s\nitem   %s\nvelero %s %v\npintle %s\n", i+1, c.Rules, text(c.Item), text(want), err, ours[i])
			}
			continue
		}
		if want.Errors > 0 {
			failed++
		}
		if !reflect.DeepEqual(want.Item, c.Item) {
			changed++
		}
	}
	fmt.Printf("%d cases: %d items changed, %d with errors, %d refused, Velero dies of %d, %d differ\n", len(cases), changed, failed, refused, died, wrong)
	return wrong == 0 && changed > len(cases)/4 && refused < len(cases)/10
}

func main() {
	if len(os.Args) == 4 && os.Args[1] == "generate" {
		seed, _ := strconv.ParseInt(os.Args[2], 10, 64)
		n, _ := strconv.Atoi(os.Args[3])
		generate(seed, n)
	} else if len(os.Args) == 4 && os.Args[1] == "compare" {
		if !compare(lines(os.Args[2]), lines(os.Args[3])) {
			os.Exit(1)
		}
	} else {
		os.Exit(2)
	}
}
