// main.go -- labels and selectors as k8s.io/apimachinery understands them.  SPDX-License-Identifier: Apache-2.0
//
// Reads lines "selector<TAB>labels as a JSON object" and prints, for each, "error", or "true|false<TAB>selector printed". A selector that
// begins with "{" is a metav1.LabelSelector. With -generate SEED N it writes N such lines instead, most of them valid or nearly so.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"strconv"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

func parse(text string) (labels.Selector, error) {
	if !strings.HasPrefix(text, "{") {
		return labels.Parse(text)
	}
	var s metav1.LabelSelector
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		return nil, err
	}
	return metav1.LabelSelectorAsSelector(&s)
}

func answer(line string) string {
	text, object, _ := strings.Cut(line, "\t")
	var set map[string]string
	if err := json.Unmarshal([]byte(object), &set); err != nil {
		return "bad line: " + err.Error()
	}
	s, err := parse(text)
	if err != nil {
		return "error"
	}
	return fmt.Sprintf("%t\t%s", s.Matches(labels.Set(set)), s.String())
}

var (
	keys      = []string{"a", "app", "in", "notin", "x.io/tier", "B_c.d", "velero.io/backup-name", "n"}
	badKeys   = []string{"-a", "a-", "X.io/a", "/a", "a/", "a/b/c", "", "ä", "a..b/c", strings.Repeat("k", 64), strings.Repeat("d", 254) + "/k", "a\\"}
	values    = []string{"web", "1", "5", "10", "v1.2_3-x", "in", "notin", "", strings.Repeat("v", 63)}
	badValues = []string{"-5", "a b", "+5", "a/b", strings.Repeat("v", 64), "é", "_", "9223372036854775808", "1.", "="}
	spaces    = []string{"", "", "", " ", "\r", "  "}
	noise     = []string{"(", ")", ",", "!", "=", "==", "!=", "<", ">", "in", "notin", " ", "a", "web", "1", "(,", ",)", ",,"}
)

func pick(r *rand.Rand, good, bad []string) string {
	if r.Intn(25) == 0 {
		return bad[r.Intn(len(bad))]
	}
	return good[r.Intn(len(good))]
}

func list(r *rand.Rand) string {
	var out []string
	for n := r.Intn(4); n >= 0; n-- {
		out = append(out, spaces[r.Intn(len(spaces))]+pick(r, values, badValues))
	}
	return "(" + strings.Join(out, ",") + ")"
}

func requirement(r *rand.Rand) string {
	key, space := pick(r, keys, badKeys), spaces[r.Intn(len(spaces))]
	switch r.Intn(9) {
	case 0:
		return key
	case 1:
		return "!" + space + key
	case 2:
		return key + " in" + space + list(r)
	case 3:
		return key + " notin " + list(r)
	case 4:
		return key + ">" + space + strconv.Itoa(r.Intn(12))
	case 5:
		return key + "<" + pick(r, values, badValues)
	default:
		return key + space + []string{"=", "==", "!="}[r.Intn(3)] + space + pick(r, values, badValues)
	}
}

func text(r *rand.Rand) string {
	var out []string
	if r.Intn(8) == 0 {
		for n := r.Intn(8); n >= 0; n-- {
			out = append(out, noise[r.Intn(len(noise))])
		}
		return strings.Join(out, "")
	}
	for n := r.Intn(4); n > 0; n-- {
		out = append(out, requirement(r))
	}
	return strings.Join(out, ","+spaces[r.Intn(len(spaces))])
}

func object(r *rand.Rand) string {
	s := map[string]any{}
	if r.Intn(2) == 0 {
		m := map[string]string{}
		for n := r.Intn(3); n > 0; n-- {
			m[pick(r, keys, badKeys)] = pick(r, values, badValues)
		}
		s["matchLabels"] = m
	}
	var list []any
	for n := r.Intn(4); n > 0; n-- {
		e := map[string]any{"key": pick(r, keys, badKeys), "operator": pick(r, []string{"In", "NotIn", "Exists", "DoesNotExist"}, []string{"in", "", "Gt"})}
		var v []string
		if o := e["operator"]; o == "In" || o == "NotIn" || r.Intn(12) == 0 {
			for n := r.Intn(4); n > 0; n-- {
				v = append(v, pick(r, values, badValues))
			}
		}
		e["values"] = v
		list = append(list, e)
	}
	s["matchExpressions"] = list
	b, _ := json.Marshal(s)
	return string(b)
}

func generate(seed int64, n int) {
	r := rand.New(rand.NewSource(seed))
	for i := 0; i < n; i++ {
		set := map[string]string{}
		for n := r.Intn(6); n > 0; n-- {
			set[keys[r.Intn(len(keys))]] = pick(r, values, badValues)
		}
		b, _ := json.Marshal(set)
		s := text(r)
		if i%4 == 3 {
			s = object(r)
		}
		fmt.Printf("%s\t%s\n", s, b)
	}
}

func main() {
	if len(os.Args) == 4 && os.Args[1] == "-generate" {
		seed, err := strconv.ParseInt(os.Args[2], 10, 64)
		n, err2 := strconv.Atoi(os.Args[3])
		if err != nil || err2 != nil {
			os.Exit(2)
		}
		generate(seed, n)
		return
	}
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		fmt.Println(answer(in.Text()))
	}
}
