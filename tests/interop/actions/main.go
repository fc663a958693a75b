// main.go -- Velero's own actions and pintle's, put to the same items.  SPDX-License-Identifier: Apache-2.0
//
//	actions TOOL [CASES [SEED]]
//
// TOOL is tests/unit/tool_builtin. Of each action CASES items are made at random (odd ones too), put to Velero's code and to pintle's, and what
// comes out is compared: the item as Velero's Go type sees it, additional items, skip, and whether there is an error.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math/rand"
	"os"
	"os/exec"
	"reflect"
	"regexp"
	"sort"
	"strconv"

	"github.com/sirupsen/logrus"
	"github.com/vmware-tanzu/velero/pkg/plugin/velero"
	"k8s.io/apimachinery/pkg/runtime"
)

type object = map[string]any

// A case, as tool_builtin reads it.
type input struct {
	Kind    string   `json:"kind"`
	Action  string   `json:"action"`
	Run     object   `json:"run"`
	Item    object   `json:"item"`
	Stored  object   `json:"stored,omitempty"`
	Objects []object `json:"objects"`
}

// What came of it.
type output struct {
	Item    object   `json:"item"`
	Related []string `json:"related"`
	Skip    string   `json:"skip"`
	Error   string   `json:"error"`
}

// An action: cases for it, Velero's code, and the type that both results are read into (nil: compared as they are).
type action struct {
	kind, name string
	make       func(g *gen) input
	velero     func(in input) (output, error)
	kindOf     func() any
}

func relatedOf(ids []velero.ResourceIdentifier) []string {
	out := []string{}
	for _, id := range ids {
		ns := id.Namespace
		if ns != "" {
			ns += "/"
		}
		if id.Name != "" { // nothing that could be found
			out = append(out, id.GroupResource.String()+" "+ns+id.Name)
		}
	}
	return unique(out)
}

func unique(l []string) []string {
	sort.Strings(l)
	out := []string{}
	for i, s := range l {
		if i == 0 || s != l[i-1] {
			out = append(out, s)
		}
	}
	return out
}

var generated = regexp.MustCompile(`velero-restore-init-[0-9a-f]{8}`)

// The item as the type sees it.
func normal(item object, kindOf func() any) any {
	if kindOf != nil {
		typed := kindOf()
		if err := json.Unmarshal(marshal(item), typed); err != nil {
			return "cannot be read: " + err.Error()
		}
		m, err := runtime.DefaultUnstructuredConverter.ToUnstructured(typed)
		if err != nil {
			return "cannot be read: " + err.Error()
		}
		item = m
	}
	var again any
	text := generated.ReplaceAll(marshal(item), []byte("velero-restore-init-x"))
	if err := json.Unmarshal(text, &again); err != nil {
		panic(err)
	}
	return again
}

func marshal(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

func clone(o object) object {
	var out object
	if o == nil {
		return nil
	}
	if err := json.Unmarshal(marshal(o), &out); err != nil {
		panic(err)
	}
	return whole(out).(object)
}

// Numbers as Kubernetes' decoder has them.
func whole(v any) any {
	switch x := v.(type) {
	case object:
		for k := range x {
			x[k] = whole(x[k])
		}
	case []any:
		for i := range x {
			x[i] = whole(x[i])
		}
	case float64:
		if x == float64(int64(x)) {
			return int64(x)
		}
	}
	return v
}

func ask(in io.Writer, out *bufio.Reader, c input) output {
	if _, err := in.Write(append(marshal(c), '\n')); err != nil {
		panic(err)
	}
	line, err := out.ReadBytes('\n')
	if err != nil {
		fmt.Printf("not ok: %s %s: pintle gives no answer to %s\n", c.Kind, c.Action, marshal(c))
		os.Exit(1)
	}
	var o output
	if err := json.Unmarshal(line, &o); err != nil {
		panic(err)
	}
	o.Related = unique(o.Related)
	return o
}

// Velero's answer; a panic of its code is no answer.
func judge(a action, c input) (out output, err error, fell any) {
	defer func() { fell = recover() }()
	c.Item, c.Stored, c.Run = clone(c.Item), clone(c.Stored), clone(c.Run)
	out, err = a.velero(c)
	return
}

func differs(a action, theirs output, err error, ours output) string {
	if (err != nil) != (ours.Error != "") {
		return fmt.Sprintf("errors: Velero %v, pintle %q", err, ours.Error)
	}
	if err != nil {
		return ""
	}
	if (theirs.Skip != "") != (ours.Skip != "") {
		return fmt.Sprintf("skip: Velero %q, pintle %q", theirs.Skip, ours.Skip)
	}
	if !reflect.DeepEqual(theirs.Related, ours.Related) {
		return fmt.Sprintf("additional items: Velero %v, pintle %v", theirs.Related, ours.Related)
	}
	if t, o := normal(theirs.Item, a.kindOf), normal(ours.Item, a.kindOf); theirs.Skip == "" && !reflect.DeepEqual(t, o) {
		return fmt.Sprintf("items:\n  Velero %s\n  pintle %s", marshal(t), marshal(o))
	}
	return ""
}

func number(i, fallback int) int {
	if len(os.Args) > i {
		if n, err := strconv.Atoi(os.Args[i]); err == nil {
			return n
		}
	}
	return fallback
}

func main() {
	cases, seed := number(2, 2000), number(3, 1)
	logrus.SetOutput(io.Discard)
	tool := exec.Command(os.Args[1])
	tool.Stderr = os.Stderr
	in, err := tool.StdinPipe()
	if err != nil {
		panic(err)
	}
	pipe, err := tool.StdoutPipe()
	if err != nil {
		panic(err)
	}
	if err := tool.Start(); err != nil {
		panic(err)
	}
	out, bad := bufio.NewReaderSize(pipe, 1<<20), 0
	for _, a := range actions() {
		g := &gen{rand.New(rand.NewSource(int64(seed)))}
		failed, changed, panics, differing := 0, 0, 0, 0
		for i := 0; i < cases; i++ {
			c := a.make(g)
			c.Kind, c.Action = a.kind, a.name
			if c.Objects == nil {
				c.Objects = []object{}
			}
			theirs, err, fell := judge(a, c)
			if fell != nil {
				panics++
				continue
			}
			ours := ask(in, out, c)
			if err != nil {
				failed++
			} else if !reflect.DeepEqual(normal(c.Item, a.kindOf), normal(theirs.Item, a.kindOf)) || len(theirs.Related) > 0 || theirs.Skip != "" {
				changed++
			}
			if text := differs(a, theirs, err, ours); text != "" {
				if differing++; differing <= 3 {
					fmt.Printf("# %s %s, case %d: %s\n  of %s\n", a.kind, a.name, i, text, marshal(c))
				}
			}
		}
		word := "ok"
		if bad += differing; differing > 0 || changed == 0 {
			word = "not ok"
			bad++
		}
		fmt.Printf("%s %s %s: %d cases, %d with an effect, %d errors, Velero panics in %d, %d differ\n", word, a.kind, a.name, cases, changed, failed,
			panics, differing)
	}
	in.Close()
	if err := tool.Wait(); err != nil || bad > 0 {
		os.Exit(1)
	}
}
