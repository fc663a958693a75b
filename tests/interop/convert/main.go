// main.go -- what Kubernetes' own conversion functions make of items, and whether pintle made the same.
// SPDX-License-Identifier: Apache-2.0
//
//	convert generate SEED ROUNDS ROWS DIR...                items, a JSON List: those of ROWS, and each of DIR thinned out ROUNDS times
//	convert compare ITEMS RESULT DIFFERENCES KINDS          exit status 1: different
//
// Theirs: the old item is decoded and defaulted, converted to the version that pintle chose, decoded and defaulted again. Ours: what pintle
// wrote is decoded and defaulted. A field that the new version does not know is an error.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	kjson "k8s.io/apimachinery/pkg/runtime/serializer/json"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
)

type object = map[string]interface{}

func check(err error, what string) {
	if err != nil {
		fmt.Println(what+":", err)
		os.Exit(1)
	}
}

// ---- generate

// Values that test data made by reflection does not have, by the key they stand under.
var choices = map[string][]interface{}{
	"servicePort":              {80, "http", "8080"},
	"sideEffects":              {"None", "NoneOnDryRun", "Some", "Unknown"},
	"failurePolicy":            {"Ignore", "Fail"},
	"matchPolicy":              {"Exact", "Equivalent"},
	"nominalConcurrencyShares": {0, 7},
	"assuredConcurrencyShares": {0, 7},
	"scope":                    {"Namespaced", "Cluster"},
	"strategy":                 {object{"type": "RollingUpdate"}, object{"type": "Recreate"}, object{"type": "RollingUpdate", "rollingUpdate": object{"maxSurge": 2}}, object{}},
	"updateStrategy":           {object{"type": "RollingUpdate"}, object{"type": "OnDelete"}, object{}},
	"topology":                 {object{"topology.kubernetes.io/zone": "z"}, object{"kubernetes.io/hostname": "nodeNameValue", "topology.kubernetes.io/zone": "z"}},
}

// What the old version requires: without it an item means nothing.
var needed = map[string]bool{"apiVersion": true, "kind": true, "name": true, "metadata": true, "targetValue": true, "targetAverageValue": true,
	"averageValue": true, "currentValue": true, "currentAverageValue": true, "signerName": true, "usages": true, "nodeName": true, "spec": true,
	"group": true, "names": true, "version": true, "versions": true, "served": true, "storage": true, "addressType": true, "conversionReviewVersions": true,
	"resource": true, "containerResource": true, "metric": true, "target": true, "type": true}

func thin(r *rand.Rand, v interface{}, share float64, inSelector bool) interface{} {
	switch t := v.(type) {
	case object:
		keys := []string{}
		for k := range t {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		out := object{}
		for _, k := range keys {
			if !needed[k] && r.Float64() < share {
				continue
			}
			if c := choices[k]; c != nil && r.Float64() < 0.7 {
				out[k] = c[r.Intn(len(c))]
				continue
			}
			out[k] = thin(r, t[k], share, k == "selector")
		}
		return out
	case []interface{}:
		out := []interface{}{}
		for i, e := range t { // never none: an empty list is not what an absent one is, and most APIs refuse it
			if i == 0 || r.Float64() >= share/2 {
				out = append(out, thin(r, e, share, false))
			}
		}
		return out
	}
	return v
}

// Old enough to be converted at all.
func isOld(o object) bool {
	v, _ := o["apiVersion"].(string)
	return strings.Contains(v, "alpha") || strings.Contains(v, "beta")
}

func generate(args []string) {
	seed, err := strconv.ParseInt(args[0], 10, 64)
	check(err, "seed")
	rounds, err := strconv.Atoi(args[1])
	check(err, "rounds")
	items := []object{}
	add := func(o object) {
		gvk := schema.FromAPIVersionAndKind(fmt.Sprint(o["apiVersion"]), fmt.Sprint(o["kind"]))
		if !isOld(o) || !legacyscheme.Scheme.Recognizes(gvk) {
			return
		}
		if o["metadata"] == nil {
			o["metadata"] = object{}
		}
		meta := o["metadata"].(object)
		for _, k := range []string{"deletionTimestamp", "managedFields", "finalizers", "generateName", "namespace"} {
			delete(meta, k)
		}
		meta["name"] = fmt.Sprintf("item-%06d", len(items))
		delete(o, "status")
		items = append(items, o)
	}
	f, err := os.Open(args[2])
	check(err, args[2])
	for s := bufio.NewScanner(f); s.Scan(); {
		if o := (object{}); strings.HasPrefix(s.Text(), "item ") && json.Unmarshal([]byte(s.Text()[5:]), &o) == nil && o["kind"] != nil {
			add(o)
		}
	}
	r := rand.New(rand.NewSource(seed))
	for _, dir := range args[3:] {
		files, err := filepath.Glob(filepath.Join(dir, "*.json"))
		check(err, dir)
		for _, file := range files {
			text, err := os.ReadFile(file)
			check(err, file)
			for i := 0; i < rounds; i++ {
				o := object{}
				if json.Unmarshal(text, &o) != nil { // there is one
					break
				}
				if i > 0 {
					o = thin(r, o, []float64{0, 0.1, 0.4, 0.7}[r.Intn(4)], false).(object)
				}
				add(o)
			}
		}
	}
	randomCRDs(r, rounds*10, add)
	list, err := json.Marshal(object{"apiVersion": "v1", "kind": "List", "items": items})
	check(err, "list")
	fmt.Println(string(list))
}

// ---- compare
func decode(o object) (runtime.Object, error) {
	text, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	return runtime.Decode(legacyscheme.Codecs.UniversalDecoder(), text) // defaulted, and of the internal version
}

func encode(o runtime.Object, gv schema.GroupVersion) (object, error) {
	text, err := runtime.Encode(legacyscheme.Codecs.LegacyCodec(gv), o)
	out := object{}
	if err == nil {
		err = json.Unmarshal(text, &out)
	}
	return out, err
}

func again(o object, gv schema.GroupVersion) (object, error) {
	in, err := decode(o)
	if err != nil {
		return nil, err
	}
	return encode(in, gv)
}

var strict = kjson.NewSerializerWithOptions(kjson.DefaultMetaFactory, legacyscheme.Scheme, legacyscheme.Scheme, kjson.SerializerOptions{Strict: true})

// What is empty is absent.
func normal(v interface{}) interface{} {
	switch t := v.(type) {
	case object:
		out := object{}
		for k, e := range t {
			if n := normal(e); n != nil {
				out[k] = n
			}
		}
		if len(out) > 0 {
			return out
		}
		return nil
	case []interface{}:
		out := []interface{}{}
		for _, e := range t {
			n := normal(e)
			if n == nil {
				n = object{}
			}
			out = append(out, n)
		}
		if len(out) > 0 {
			return out
		}
		return nil
	}
	return v
}

type difference struct {
	kind, path *regexp.Regexp
	used       int
	line       string
}

func differences(file string) []*difference {
	all := []*difference{}
	f, err := os.Open(file)
	check(err, file)
	for s := bufio.NewScanner(f); s.Scan(); {
		words := strings.Fields(s.Text())
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		all = append(all, &difference{kind: regexp.MustCompile("^(" + words[0] + ")$"), path: regexp.MustCompile("^(" + words[1] + ")$"), line: s.Text()})
	}
	return all
}

func walk(path string, a, b interface{}, found func(path string, a, b interface{})) {
	ma, okA := a.(object)
	mb, okB := b.(object)
	la, listA := a.([]interface{})
	lb, listB := b.([]interface{})
	switch {
	case okA && okB || okA && b == nil || okB && a == nil:
		keys := map[string]bool{}
		for k := range ma {
			keys[k] = true
		}
		for k := range mb {
			keys[k] = true
		}
		for k := range keys {
			walk(path+"/"+strings.NewReplacer("~", "~0", "/", "~1").Replace(k), ma[k], mb[k], found)
		}
	case listA && listB && len(la) == len(lb):
		for i := range la {
			walk(path+"/"+strconv.Itoa(i), la[i], lb[i], found)
		}
	case !reflect.DeepEqual(a, b):
		found(path, a, b)
	}
}

func list(file string) map[string]object {
	text, err := os.ReadFile(file)
	check(err, file)
	l := struct{ Items []object }{}
	check(json.Unmarshal(text, &l), file)
	out := map[string]object{}
	for _, o := range l.Items {
		out[o["metadata"].(object)["name"].(string)] = o
	}
	return out
}

func compare(args []string) {
	items, results, known := list(args[0]), list(args[1]), differences(args[2])
	least, err := strconv.Atoi(args[3])
	check(err, "kinds")
	kinds, bad, skipped, unread := map[string]int{}, 0, 0, 0
	names := []string{}
	for name := range items {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		old, now := items[name], results[name]
		if now == nil {
			skipped++
			continue
		}
		kind, gv := fmt.Sprint(old["kind"]), schema.GroupVersion{}
		if gv, err = schema.ParseGroupVersion(fmt.Sprint(now["apiVersion"])); err != nil || now["apiVersion"] == old["apiVersion"] ||
			!legacyscheme.Scheme.Recognizes(gv.WithKind(kind)) {
			continue
		}
		complain := func(format string, v ...interface{}) {
			if bad++; bad <= 30 {
				fmt.Printf("%s %s %s: %s\n", name, old["apiVersion"], kind, fmt.Sprintf(format, v...))
			}
		}
		in, err := decode(old)
		if err != nil { // the old API does not take it, so it is in no backup
			unread++
			continue
		}
		theirs, err := encode(in, gv)
		if err == nil {
			theirs, err = again(theirs, gv)
		}
		if err != nil {
			unread++
			continue
		}
		text, _ := json.Marshal(now)
		if _, _, err := strict.Decode(text, nil, nil); err != nil {
			complain("what pintle wrote: %v", err)
			continue
		}
		if said := refusal(now); said != "" {
			complain("refused: %s", said)
			continue
		}
		ours, err := again(now, gv)
		if err != nil {
			complain("what pintle wrote: %v", err)
			continue
		}
		delete(ours, "status")
		delete(theirs, "status")
		kinds[fmt.Sprint(old["apiVersion"], " ", kind)]++
		walk("", normal(theirs), normal(ours), func(path string, a, b interface{}) {
			for _, d := range known {
				if d.kind.MatchString(kind) && d.path.MatchString(path) {
					d.used++
					return
				}
			}
			aText, _ := json.Marshal(a)
			bText, _ := json.Marshal(b)
			complain("%s: theirs %.300s, ours %.300s", path, aText, bText)
		})
	}
	total := 0
	for _, n := range kinds {
		total += n
	}
	fmt.Printf("%d items of %d kinds compared; %d left out by pintle, %d not taken by Kubernetes itself; %d differences\n", total, len(kinds), skipped, unread, bad)
	if os.Getenv("CONVERT_KINDS") != "" {
		for k, n := range kinds {
			fmt.Println(k, n)
		}
		for _, d := range known {
			fmt.Println(d.used, d.line)
		}
	}
	if len(kinds) < least {
		fmt.Println("fewer kinds than expected:", least)
		bad++
	}
	if bad > 0 {
		os.Exit(1)
	}
}

func main() {
	switch {
	case len(os.Args) > 4 && os.Args[1] == "generate":
		generate(os.Args[2:])
	case len(os.Args) == 6 && os.Args[1] == "compare":
		compare(os.Args[2:])
	default:
		fmt.Println("usage: convert generate|compare ...")
		os.Exit(2)
	}
}
