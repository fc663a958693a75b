// Compares core/conf with sigs.k8s.io/yaml, document by document. SPDX-License-Identifier: Apache-2.0
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"os"
	"os/exec"
	"reflect"
	"strconv"
	"strings"

	"sigs.k8s.io/yaml"
)

// Why ours may differ, by a text that occurs in our error message.
var refusals = map[string]string{
	"occurs twice":     "a repeated key is refused",
	"infinity and NaN": ".inf and .nan are refused as keys, too",
	"may add":          "aliases are bounded by what they add",
	"nested deeper":    "depth is bounded",
	"tag !!timestamp":  "the text behind !!timestamp is looked at less closely",
}

// Why ours may take what theirs refuses, by a text that occurs in their message.
var acceptances = map[string]string{
	"map key of type: uint64":        "2^63 to 2^64-1 may be a key",
	"!!timestamp":                    "the text behind !!timestamp is looked at less closely",
	"as a !!float":                   "a number beyond int64 or double may have the tag !!float",
	"found unknown escape character": "\\/ in double quotes is /, as in JSON",
	"invalid Unicode character":      "JSON may have surrogate pairs",
	"incompatible YAML document":     "%YAML 1.2 is taken, and read as 1.1",
}
var deliberate = map[string]int{}

type converter struct {
	in  io.Writer
	out *bufio.Reader
}

func (c *converter) convert(doc string) (text string, ok bool) {
	fmt.Fprintf(c.in, "%d\n%s", len(doc), doc)
	var how string
	var n int
	if _, err := fmt.Fscanf(c.out, "%s %d\n", &how, &n); err != nil {
		fatal("the converter died on %q: %v", doc, err)
	}
	answer := make([]byte, n)
	if _, err := io.ReadFull(c.out, answer); err != nil {
		fatal("the converter died on %q: %v", doc, err)
	}
	return string(answer), how == "ok"
}

func fatal(format string, args ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
	os.Exit(1)
}

func decode(text string) (v any, err error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	err = d.Decode(&v)
	return v, err
}

// Numbers are the same when their values are, or the doubles next to them.
func sameNumber(a, b string) bool {
	x, okx := new(big.Rat).SetString(a)
	y, oky := new(big.Rat).SetString(b)
	if okx && oky && x.Cmp(y) == 0 {
		return true
	}
	f, errf := strconv.ParseFloat(a, 64)
	g, errg := strconv.ParseFloat(b, 64)
	return errf == nil && errg == nil && f == g
}

func same(ours, theirs any) bool {
	switch o := ours.(type) {
	case json.Number:
		if t, ok := theirs.(json.Number); ok {
			return sameNumber(o.String(), t.String())
		}
		// A JSON number beyond a double is text there and a number here.
		t, ok := theirs.(string)
		_, err := strconv.ParseFloat(o.String(), 64)
		if ok && err != nil && t == o.String() {
			deliberate["a JSON number beyond a double is a number"]++
			return true
		}
		return false
	case map[string]any:
		t, ok := theirs.(map[string]any)
		if !ok || len(o) != len(t) {
			return false
		}
		for k, v := range o {
			if w, found := t[k]; !found || !same(v, w) {
				return false
			}
		}
		return true
	case []any:
		t, ok := theirs.([]any)
		if !ok || len(o) != len(t) {
			return false
		}
		for i := range o {
			if !same(o[i], t[i]) {
				return false
			}
		}
		return true
	}
	return reflect.DeepEqual(ours, theirs)
}

// compare returns what is wrong, or "".
func compare(c *converter, doc string) string {
	text, ok := c.convert(doc)
	theirs, err := yaml.YAMLToJSON([]byte(doc))
	switch {
	case !ok && text == "empty":
		if err == nil && string(theirs) == "null" {
			return ""
		}
		return fmt.Sprintf("ours: no document; theirs: %s %v", theirs, err)
	case !ok && err != nil:
		return ""
	case !ok:
		for part, why := range refusals {
			if strings.Contains(text, part) {
				deliberate[why]++
				return ""
			}
		}
		return fmt.Sprintf("ours: error %s; theirs: %s", text, theirs)
	case err != nil:
		for part, why := range acceptances {
			if strings.Contains(err.Error(), part) {
				deliberate[why]++
				return ""
			}
		}
		return fmt.Sprintf("ours: %s; theirs: error %v", text, err)
	}
	a, err := decode(text)
	if err != nil {
		return fmt.Sprintf("ours is no JSON: %s (%v)", text, err)
	}
	b, err := decode(string(theirs))
	if err != nil || !same(a, b) {
		return fmt.Sprintf("ours: %s; theirs: %s", text, theirs)
	}
	return ""
}

func lines(name string) []string {
	data, err := os.ReadFile(name)
	if err != nil {
		fatal("%v", err)
	}
	return strings.Split(strings.TrimRight(string(data), "\n"), "\n")
}

func documents() (docs []string) {
	for _, s := range lines("scalars.txt") {
		docs = append(docs, "k: "+s+"\n", "- "+s+"\n", "["+s+"]\n", s+": v\n", "? "+s+"\n: v\n", "{"+s+": v}\n", "a: &x "+s+"\nb: *x\n*x : c\n",
			"k: \""+s+"\"\n", "k: '"+s+"'\n", "k: |\n  "+s+"\n", "k: !!str "+s+"\n", "k: !!int "+s+"\n", "k: !!float "+s+"\n", "k: !!bool "+s+"\n",
			"k: !!null "+s+"\n", "k: !own "+s+"\n", "k: ! "+s+"\n", "k: !!int \""+s+"\"\n", "k: !!binary "+s+"\n", s+"\n")
	}
	data, err := os.ReadFile("documents.txt")
	if err != nil {
		fatal("%v", err)
	}
	for _, doc := range bytes.Split(data, []byte("====\n")) {
		docs = append(docs, string(doc))
		docs = append(docs, strings.ReplaceAll(string(doc), "\n", "\r\n"))
		docs = append(docs, "\ufeff"+string(doc))
	}
	return docs
}

func main() {
	if len(os.Args) != 2 {
		fatal("usage: yaml CONVERTER")
	}
	cmd := exec.Command(os.Args[1])
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		fatal("%v", err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		fatal("%v", err)
	}
	if err := cmd.Start(); err != nil {
		fatal("%v", err)
	}
	c := &converter{in, bufio.NewReader(out)}
	docs, bad := documents(), 0
	for _, doc := range docs {
		if what := compare(c, doc); what != "" {
			fmt.Printf("%q\n    %s\n", doc, what)
			bad++
		}
	}
	for why, n := range deliberate {
		fmt.Printf("%4d by intention: %s\n", n, why)
	}
	fmt.Printf("%d documents compared with sigs.k8s.io/yaml, %d differ\n", len(docs), bad)
	in.Close()
	if err := cmd.Wait(); err != nil || bad > 0 {
		os.Exit(1)
	}
}
