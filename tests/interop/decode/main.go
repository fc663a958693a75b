// decode -- odd manifests, read by Kubernetes and by pintle; cases.txt says what both make of each.  SPDX-License-Identifier: Apache-2.0
//
//	decode cases.txt PINTLE [record]   record: prints the table with what both do now
//
// A case is a paragraph: its name, then lines "field: value".
//
//	json:, yaml:   the whole file, as Go writes a string; <text*N> in it is text N times. json is read by UnstructuredJSONScheme, yaml as
//	               kubectl reads a file (several documents, JSON or YAML).
//	stream:        a file named .json that is read as kubectl reads it
//	value:, yvalue: only the value of .v in a ConfigMap, in JSON or YAML; only that value is shown then
//	k8s:           what Kubernetes makes of it: the JSON text of each object, or "invalid" (no API server takes an object with such an apiVersion,
//	               kind or metadata), then "error" (its decoder refuses all, or what follows)
//	pintle:        the items that pintle stores, to the byte, and "error: " with the text of its messages
//	why:           only where the two differ: which rule of pintle's demands it
//
// Two outcomes are the same when Kubernetes reads in pintle's bytes what it reads in the input, and both or neither refuse something.
package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/api/validation/path"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	names "k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/apimachinery/pkg/util/yaml"
)

const head = `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x","namespace":"ns"},"v":`
const yamlHead = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: ns}\nv: "

type testCase struct {
	name, field, input, k8s, pintle, why string
	line                                 int
}

func fatal(format string, args ...any) {
	fmt.Printf(format+"\n", args...)
	os.Exit(2)
}

// ---- the table
func readCases(file string) (cases []testCase, comments map[int]string) {
	text, err := os.ReadFile(file)
	if err != nil {
		fatal("%v", err)
	}
	comments = map[int]string{}
	var c *testCase
	for n, line := range strings.Split(string(text), "\n") {
		name, value, isField := strings.Cut(line, ": ")
		switch {
		case line == "":
			c = nil
		case strings.HasPrefix(line, "#"):
			comments[len(cases)] += line + "\n"
		case c == nil:
			cases = append(cases, testCase{name: line, line: n + 1})
			c = &cases[len(cases)-1]
		case isField && name == "k8s":
			c.k8s = value
		case isField && name == "pintle":
			c.pintle = value
		case isField && name == "why":
			c.why = value
		case isField:
			c.field, c.input = name, value
		default:
			fatal("%s:%d: what is this?", file, n+1)
		}
	}
	return cases, comments
}

var repeat = regexp.MustCompile(`<([^<>]*)\*(\d+)>`)

// The bytes of the file, and its name.
func (c *testCase) file() ([]byte, string) {
	text := c.input
	if c.field != "value" && c.field != "yvalue" {
		var err error
		if text, err = strconv.Unquote(text); err != nil {
			fatal("line %d: %s is no string of Go's", c.line, c.input)
		}
	}
	text = repeat.ReplaceAllStringFunc(text, func(s string) string {
		part := repeat.FindStringSubmatch(s)
		n, _ := strconv.Atoi(part[2])
		return strings.Repeat(part[1], n)
	})
	switch c.field {
	case "json", "stream":
		return []byte(text), "c.json"
	case "yaml":
		return []byte(text), "c.yaml"
	case "value":
		return []byte(head + text + "}"), "c.json"
	case "yvalue":
		return []byte(yamlHead + text + "\n"), "c.yaml"
	}
	fatal("line %d: no input", c.line)
	return nil, ""
}

// Only what a case is about, and not too much of it.
func (c *testCase) short(text string) string {
	if c.field == "value" || c.field == "yvalue" {
		if v, ok := strings.CutPrefix(text, head); ok {
			text = strings.TrimSuffix(v, "}")
		}
	}
	if len(text) > 200 {
		return fmt.Sprintf("%d bytes, SHA-256 %x", len(text), sha256.Sum256([]byte(text)))
	}
	for _, r := range text { // one line that an editor shows; the rest as Go writes it
		if r < ' ' || r == '\u007f' || r == '\ufffd' || r == '\u2028' || r == '\u2029' || r == '\ufeff' {
			return strconv.Quote(text)
		}
	}
	return text
}

// ---- Kubernetes
func decodeObject(data []byte) ([]unstructured.Unstructured, error) {
	object, _, err := unstructured.UnstructuredJSONScheme.Decode(data, nil, nil)
	if err != nil {
		return nil, err
	}
	if list, ok := object.(*unstructured.UnstructuredList); ok {
		var all []unstructured.Unstructured
		for _, i := range list.Items { // kubectl flattens lists in lists
			if !i.IsList() {
				all = append(all, i)
				continue
			}
			text, err := i.MarshalJSON()
			if err != nil {
				return nil, err
			}
			inner, err := decodeObject(text)
			if err != nil {
				return nil, err
			}
			all = append(all, inner...)
		}
		return all, nil
	}
	return []unstructured.Unstructured{*object.(*unstructured.Unstructured)}, nil
}

// What kubectl passes on before it meets an error.
func decodeStream(data []byte) (all []unstructured.Unstructured, err error) {
	for decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(data), 4096); ; {
		var raw json.RawMessage
		if err := decoder.Decode(&raw); err == io.EOF {
			return all, nil
		} else if err != nil {
			return all, err
		}
		if len(raw) == 0 || string(raw) == "null" {
			continue
		}
		objects, err := decodeObject(raw)
		if err != nil {
			return all, err
		}
		all = append(all, objects...)
	}
}

// valid: what every API server checks, whatever the type. The namespace may be left out.
func valid(u *unstructured.Unstructured) error {
	var o metav1.PartialObjectMetadata
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(u.Object, &o); err != nil {
		return err
	}
	v, err := schema.ParseGroupVersion(o.APIVersion)
	if err != nil {
		return err
	}
	wrong := names.IsDNS1035Label(v.Version) // as CustomResourceDefinitions want it; Kubernetes' own are so, too
	if v.Group != "" {
		wrong = append(wrong, names.IsDNS1123Subdomain(v.Group)...)
	}
	if wrong = append(wrong, names.IsDNS1035Label(strings.ToLower(o.Kind))...); len(wrong) > 0 {
		return fmt.Errorf("apiVersion %q, kind %q: %v", o.APIVersion, o.Kind, wrong)
	}
	needed := o.Namespace != ""
	return validation.ValidateObjectMeta(&o.ObjectMeta, needed, path.ValidatePathSegmentName, field.NewPath("metadata")).ToAggregate()
}

// What Kubernetes says, the objects that it takes, and whether it refuses something.
func kubernetes(c *testCase) (string, []unstructured.Unstructured, bool) {
	data, _ := c.file()
	decode := decodeObject
	if c.field != "json" && c.field != "value" {
		decode = decodeStream
	}
	objects, err := decode(data)
	var texts []string
	var taken []unstructured.Unstructured
	refused := err != nil
	for i := range objects {
		if valid(&objects[i]) != nil {
			texts, refused = append(texts, "invalid"), true
			continue
		}
		text, err := json.Marshal(objects[i].Object)
		if err != nil {
			fatal("%s: %v", c.name, err)
		}
		texts, taken = append(texts, c.short(string(text))), append(taken, objects[i])
	}
	if err != nil {
		texts = append(texts, "error")
	}
	if len(texts) == 0 {
		return "nothing", nil, false
	}
	return strings.Join(texts, " + "), taken, refused
}

// ---- pintle
var message = regexp.MustCompile(`(?m)^error: (?:[^\n]*?in/c\.(?:json|yaml)(?::\d+)*: )?(.*)$`)

func pintle(c *testCase, program string) (string, [][]byte) {
	work, err := os.MkdirTemp("", "decode")
	if err != nil {
		fatal("%v", err)
	}
	defer os.RemoveAll(work)
	data, name := c.file()
	if os.Mkdir(filepath.Join(work, "in"), 0o755) != nil || os.WriteFile(filepath.Join(work, "in", name), data, 0o644) != nil {
		fatal("%s: cannot write", work)
	}
	run := exec.Command(program, "backup", "create", "b", "--from", "in")
	run.Dir = work
	said, err := run.CombinedOutput()
	status := run.ProcessState.ExitCode()
	if err != nil && status != 3 {
		return fmt.Sprintf("exit status %d: %q", status, said), nil
	}
	var texts []string
	items := tarball(filepath.Join(work, "pintle-store/backups/b/b.tar.gz"))
	for _, i := range items {
		texts = append(texts, c.short(string(i)))
	}
	errors := message.FindAllSubmatch(said, -1)
	for _, m := range errors {
		texts = append(texts, "error: "+string(m[1]))
	}
	if (len(errors) > 0) != (status == 3) {
		fatal("%s: pintle ends with %d and says %s", c.name, status, said)
	}
	if len(texts) == 0 {
		return "nothing", nil
	}
	return strings.Join(texts, " + "), items
}

func tarball(file string) (items [][]byte) {
	f, err := os.Open(file)
	if err != nil {
		fatal("%v", err)
	}
	defer f.Close()
	zip, err := gzip.NewReader(f)
	if err != nil {
		fatal("%v", err)
	}
	for r := tar.NewReader(zip); ; {
		h, err := r.Next()
		if err == io.EOF {
			return items
		}
		if err != nil {
			fatal("%s: %v", file, err)
		}
		if h.Name == "metadata/version" || strings.Contains(h.Name, "-preferredversion/") {
			continue
		}
		text, err := io.ReadAll(r)
		if err != nil {
			fatal("%s: %v", file, err)
		}
		items = append(items, text)
	}
}

// Does Kubernetes read in pintle's items what it takes of the input, and does pintle refuse something where Kubernetes does?
func same(objects []unstructured.Unstructured, refused bool, items [][]byte, said string) bool {
	if strings.Contains(said, "error: ") != refused || len(objects) != len(items) {
		return false
	}
	for i := range items {
		again, err := decodeObject(items[i])
		if err != nil || len(again) != 1 || !reflect.DeepEqual(again[0].Object, objects[i].Object) {
			return false
		}
	}
	return true
}

func main() {
	cases, comments := readCases(os.Args[1])
	record, problems, differ := len(os.Args) > 3, 0, 0
	type outcome struct {
		theirs, ours string
		agree        bool
	}
	outcomes := make([]chan outcome, len(cases))
	busy := make(chan struct{}, 4) // pintle waits for the disk most of the time
	for n := range cases {
		outcomes[n] = make(chan outcome, 1)
		go func() {
			busy <- struct{}{}
			theirs, objects, refused := kubernetes(&cases[n])
			ours, items := pintle(&cases[n], os.Args[2])
			outcomes[n] <- outcome{theirs, ours, same(objects, refused, items, ours)}
			<-busy
		}()
	}
	for n := range cases {
		c, o := &cases[n], <-outcomes[n]
		theirs, ours, agree := o.theirs, o.ours, o.agree
		if record {
			fmt.Print(comments[n])
			fmt.Printf("%s\n%s: %s\nk8s: %s\npintle: %s\n", c.name, c.field, c.input, theirs, ours)
			if c.why != "" && !agree {
				fmt.Printf("why: %s\n", c.why)
			} else if !agree {
				fmt.Println("why: ???")
			}
			fmt.Println()
			continue
		}
		if theirs != c.k8s || ours != c.pintle || agree == (c.why != "") {
			problems++
			fmt.Printf("%s:%d: %s\n", os.Args[1], c.line, c.name)
			fmt.Printf("  Kubernetes  %s\n", theirs)
			if theirs != c.k8s {
				fmt.Printf("  expected    %s\n", c.k8s)
			}
			fmt.Printf("  pintle      %s\n", ours)
			if ours != c.pintle {
				fmt.Printf("  expected    %s\n", c.pintle)
			}
			fmt.Printf("  they agree: %v; the table says why they should not: %v\n", agree, c.why != "")
		}
		if !agree {
			differ++
		}
	}
	if !record {
		fmt.Printf("%d of them are read differently, for a reason that the table gives\n%d passed, %d failed\n", differ, len(cases)-problems, problems)
	}
	if problems > 0 || len(cases) == 0 {
		os.Exit(1)
	}
}
