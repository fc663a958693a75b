// generate.go -- random items, and rules for them.  SPDX-License-Identifier: Apache-2.0
package main

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"sort"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"k8s.io/client-go/kubernetes/scheme"
)

type object = map[string]any
type list = []any

var r *rand.Rand

func maybe(n int) bool    { return r.Intn(n) == 0 }
func one[T any](v ...T) T { return v[r.Intn(len(v))] }
func names(pool ...string) []string { // some of them, each once, in any order
	r.Shuffle(len(pool), func(i, k int) { pool[i], pool[k] = pool[k], pool[i] })
	return pool[:r.Intn(len(pool)+1)]
}

func each(pool []string, make func(string) any) list {
	out := list{}
	for _, n := range pool {
		out = append(out, make(n))
	}
	return out
}

// Sorted: a seed gives the same cases always.
func keys(o object) []string {
	out := make([]string, 0, len(o))
	for k := range o {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

// Some of the fields.
func some(fields object) object {
	out := object{}
	for _, k := range keys(fields) {
		if !maybe(3) {
			out[k] = fields[k]
		}
	}
	return out
}

func with(o object, key string, value any) object {
	o[key] = value
	return o
}

func container(name string) any {
	return with(some(object{
		"image": one("a:1", "a:2", "registry.example/b"), "args": each(names("-x", "-y", "--z"), func(n string) any { return n }),
		"env": each(names("A", "B", "C"), func(n string) any { return object{"name": n, "value": one("1", "2", "")} }),
		"ports": each(names("80", "81", "443"), func(n string) any {
			var port int
			fmt.Sscan(n, &port)
			return some(object{"containerPort": port, "name": "p" + n, "protocol": one("TCP", "UDP")})
		}),
		"volumeMounts": each(names("/a", "/b"), func(n string) any { return object{"name": one("v", "w"), "mountPath": n} }),
		"resources":    object{"limits": object{"cpu": one("1", "500m")}},
	}), "name", name)
}

func volume(name string) any {
	return with(one(object{"emptyDir": object{}}, object{"secret": object{"secretName": one("s", "t")}}, object{"configMap": some(object{"name": "c", "optional": true})},
		object{"projected": object{"sources": list{object{"secret": object{"name": one("s", "t")}}}}}), "name", name)
}

func podSpec() object {
	return some(object{
		"containers": each(names("a", "b", "c", "d"), container), "initContainers": each(names("i", "k"), container),
		"volumes":          each(names("v", "w", "x"), volume),
		"tolerations":      each(names("t", "u"), func(n string) any { return object{"key": n, "operator": "Exists"} }),
		"imagePullSecrets": each(names("p", "q", "r"), func(n string) any { return object{"name": n} }),
		"hostAliases": each(names("10.0.0.1", "10.0.0.2"), func(n string) any {
			return object{"ip": n, "hostnames": each(names("h", "i"), func(n string) any { return n })}
		}),
		"nodeSelector":                  labels(),
		"securityContext":               some(object{"runAsUser": r.Intn(3), "fsGroup": 5, "supplementalGroups": list{r.Intn(4)}}),
		"terminationGracePeriodSeconds": r.Intn(60),
		"topologySpreadConstraints": each(names("zone", "host"), func(n string) any {
			return object{"topologyKey": n, "maxSkew": r.Intn(3), "whenUnsatisfiable": "DoNotSchedule"}
		}),
		"serviceAccountName": one("default", "x"),
	})
}

func labels() object {
	out := object{}
	for _, n := range names("app", "tier", "example.com/x") {
		out[n] = one("web", "db", "1", "true")
	}
	return out
}

func metadata(name string) object {
	m := some(object{"labels": labels(), "annotations": labels(), "finalizers": each(names("f/a", "f/b", "f/c"), func(n string) any { return n }),
		"ownerReferences": each(names("1", "2"), func(n string) any {
			return object{"uid": n, "kind": one("A", "B"), "name": "o", "apiVersion": "v1"}
		})})
	m["name"] = name
	return m
}

func template() object {
	return object{"metadata": some(object{"labels": labels(), "annotations": labels()}), "spec": podSpec()}
}

func workload() object {
	return with(some(object{"replicas": r.Intn(5), "selector": object{"matchLabels": labels()}, "minReadySeconds": 3}), "template", template())
}

type kind struct {
	group, version, kind, resource string
	namespaced                     bool
	body                           func() object
}

var kinds = []kind{
	{"", "v1", "Pod", "pods", true, func() object { return object{"spec": podSpec()} }},
	{"apps", "v1", "Deployment", "deployments", true, func() object {
		w := workload()
		w["strategy"] = one(object{"type": "Recreate"}, object{"type": "RollingUpdate", "rollingUpdate": some(object{"maxSurge": 1, "maxUnavailable": "25%"})})
		return object{"spec": w}
	}},
	{"apps", "v1", "StatefulSet", "statefulsets", true, func() object {
		w := workload()
		w["serviceName"] = "s"
		w["volumeClaimTemplates"] = each(names("data", "logs"), func(n string) any { return object{"metadata": object{"name": n}} })
		return object{"spec": w}
	}},
	{"apps", "v1", "DaemonSet", "daemonsets", true, func() object { return object{"spec": workload()} }},
	{"batch", "v1", "Job", "jobs", true, func() object { return object{"spec": object{"template": template(), "backoffLimit": r.Intn(5)}} }},
	{"batch", "v1", "CronJob", "cronjobs", true, func() object {
		return object{"spec": object{"schedule": one("@daily", "1 * * * *"), "jobTemplate": object{"spec": object{"template": template()}}}}
	}},
	{"", "v1", "Service", "services", true, func() object {
		return object{"spec": some(object{"type": one("ClusterIP", "LoadBalancer"), "selector": labels(), "externalIPs": list{"1.2.3.4"},
			"ports": each(names("80", "81", "443"), func(n string) any {
				var port int
				fmt.Sscan(n, &port)
				return object{"port": port, "name": "p" + n, "targetPort": one[any](8080, "http")}
			})}), "status": object{"conditions": each(names("x", "y"), func(n string) any { return object{"type": n, "status": one("True", "False")} })}}
	}},
	{"", "v1", "ConfigMap", "configmaps", true, func() object { return object{"data": labels()} }},
	{"", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", true, func() object {
		return object{"spec": some(object{"storageClassName": one("gp2", "standard"), "accessModes": list{one("ReadWriteOnce", "ReadWriteMany")}, "volumeName": "pv"})}
	}},
	{"", "v1", "ServiceAccount", "serviceaccounts", true, func() object {
		return object{"secrets": each(names("s", "t", "u"), func(n string) any { return object{"name": n} }),
			"imagePullSecrets": each(names("s", "t"), func(n string) any { return object{"name": n} })}
	}},
	{"policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", true, func() object {
		return object{"spec": some(object{"minAvailable": r.Intn(3), "selector": object{"matchLabels": labels()}})}
	}},
	{"networking.k8s.io", "v1", "Ingress", "ingresses", true, func() object {
		return object{"spec": object{"rules": each(names("a.example", "b.example"), func(n string) any { return object{"host": n} })}}
	}},
	{"", "v1", "Node", "nodes", false, func() object {
		return object{"spec": some(object{"podCIDRs": each(names("1.0.0.0/8", "2.0.0.0/8"), func(n string) any { return n }), "taints": each(names("a", "b"), func(n string) any {
			return object{"key": n, "effect": "NoSchedule"}
		})}), "status": object{"addresses": each(names("InternalIP", "Hostname"), func(n string) any { return object{"type": n, "address": one("1", "2")} })}}
	}},
	{"", "v1", "PersistentVolume", "persistentvolumes", false, func() object {
		return object{"spec": some(object{"storageClassName": "gp2", "nfs": object{"server": "s"}})}
	}},
	{"rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles", false, func() object { return object{"rules": list{object{"verbs": list{"get"}}}} }},
	{"example.com", "v1", "Widget", "widgets", true, func() object { return object{"spec": podSpec()} }},
}

func item(k kind) object {
	o := k.body()
	m := metadata(one("web-1", "web-2", "db", "orders"))
	if k.namespaced {
		m["namespace"] = one("shop", "shop-2", "prod")
	}
	o["metadata"] = m
	o["kind"] = k.kind
	o["apiVersion"] = strings.TrimPrefix(k.group+"/"+k.version, "/")
	data, _ := json.Marshal(o) // as it will be read: numbers of one type, nothing shared
	out := object{}
	json.Unmarshal(data, &out)
	return out
}

// Another item of that kind as a patch of this one: without its identity, with a null here and there.
func partial(k kind, inArrays bool) object {
	o := item(k)
	delete(o, "kind")
	delete(o, "apiVersion")
	m := o["metadata"].(object)
	delete(m, "name")
	delete(m, "namespace")
	sprinkle(o, inArrays)
	return o
}

func sprinkle(v any, inArrays bool) {
	switch v := v.(type) {
	case object:
		for _, k := range keys(v) {
			c := v[k]
			if k == "name" || k == "containerPort" || k == "port" || k == "mountPath" || k == "ip" || k == "uid" || k == "topologyKey" || k == "type" || k == "metadata" {
				sprinkle(c, inArrays)
				continue
			}
			if maybe(12) {
				v[k] = nil
			} else if maybe(25) {
				v[k] = one[any]("text", 1, true, object{"n": 1}, list{})
			} else if maybe(10) {
				delete(v, k)
			} else {
				sprinkle(c, inArrays)
			}
		}
	case list:
		if !inArrays {
			return
		}
		for _, c := range v {
			sprinkle(c, inArrays)
		}
	}
}

// Directives, some of them where they make no sense.
func direct(v any, depth int) {
	switch v := v.(type) {
	case object:
		for _, k := range keys(v) {
			c := v[k]
			if l, ok := c.(list); ok && len(l) > 0 && maybe(4) {
				_, objects := l[0].(object)
				if !objects && k == "finalizers" {
					v["$deleteFromPrimitiveList/"+k] = list{one("f/x", "f/y")}
				} else if objects && maybe(2) {
					v["$setElementOrder/"+k] = append(list{}, l...)
				}
			}
			direct(c, depth+1)
		}
		if depth > 1 && maybe(40) {
			v["$patch"] = one("replace", "delete", "merge")
		}
		if _, is := v["emptyDir"]; is && maybe(2) {
			v["$retainKeys"] = list{"name", "emptyDir"}
		}
	case list:
		for _, c := range v {
			if o, ok := c.(object); ok && maybe(8) {
				o["$patch"] = "delete"
			} else if ok && len(o) > 0 && maybe(40) {
				o["$patch"] = "replace"
			}
		}
	}
}

// What kubectl would send to make another item of this one.
func twoWay(k kind, from object) (object, bool) {
	to := item(k)
	delete(to, "metadata")
	to["metadata"] = metadata(from["metadata"].(object)["name"].(string))
	if ns, ok := from["metadata"].(object)["namespace"]; ok {
		to["metadata"].(object)["namespace"] = ns
	}
	o, err := scheme.Scheme.New(schema.GroupVersionKind{Group: k.group, Version: k.version, Kind: k.kind})
	if err != nil {
		return nil, false
	}
	a, _ := json.Marshal(from)
	b, _ := json.Marshal(to)
	p, err := strategicpatch.CreateTwoWayMergePatch(a, b, o)
	out := object{}
	if err != nil || json.Unmarshal(p, &out) != nil {
		return nil, false
	}
	return out, true
}

func strategic(k kind, from object) object {
	if p, ok := twoWay(k, from); ok && maybe(2) {
		return p
	}
	p := partial(k, false)
	if !maybe(3) {
		direct(p, 0)
	}
	return p
}

// ---- JSON patches
func escape(key string) string {
	return strings.ReplaceAll(strings.ReplaceAll(key, "~", "~0"), "/", "~1")
}

// A path in the item, most often of something that is there.
func path(v any) string {
	switch v := v.(type) {
	case object:
		if len(v) == 0 || maybe(10) {
			return "/" + escape(one("nothing", "a/b", "replicas", "labels"))
		}
		k := one(keys(v)...)
		if _, deep := v[k].(string); deep || maybe(4) {
			return "/" + escape(k)
		}
		return "/" + escape(k) + path(v[k])
	case list:
		i := r.Intn(len(v)*2+3) - len(v) - 1
		token := fmt.Sprint(i)
		if maybe(5) {
			token = "-"
		}
		if i >= 0 && i < len(v) && token != "-" && !maybe(3) {
			if _, leaf := v[i].(string); !leaf {
				return "/" + token + path(v[i])
			}
		}
		return "/" + token
	}
	if maybe(10) {
		return "/x"
	}
	return ""
}

func at(v any, p string) any {
	for _, t := range strings.Split(p, "/")[1:] {
		t = strings.ReplaceAll(strings.ReplaceAll(t, "~1", "/"), "~0", "~")
		switch c := v.(type) {
		case object:
			v = c[t]
		case list:
			var i int
			if _, err := fmt.Sscan(t, &i); err != nil || i < 0 || i >= len(c) {
				return nil
			}
			v = c[i]
		default:
			return nil
		}
	}
	return v
}

func value(o object, p string) string {
	there := at(o, p)
	if s, ok := there.(string); ok && maybe(2) {
		if _, err := fmt.Sscan(s, new(float64)); err == nil || strings.EqualFold(s, "true") || strings.EqualFold(s, "false") {
			return `"` + s + `"`
		}
		return s
	}
	if there != nil && maybe(2) {
		b, _ := json.Marshal(there)
		return string(b)
	}
	return one("x", "1", "-2", `"1"`, "true", "null", "{}", `{"a": [1, "b"]}`, "[]", `["c"]`, "", "a b", `"true"`, "1e2x", "v1.2", `\"q\"`, "ä", "1e999")
}

func operation(o object) object {
	p := path(o)
	op := object{"operation": one("add", "add", "remove", "replace", "replace", "test", "move", "copy"), "path": p}
	switch op["operation"] {
	case "add", "replace", "test":
		op["value"] = value(o, p)
	case "move", "copy":
		op["from"] = path(o)
	}
	return op
}

// ---- rules
func conditions(k kind, o object) object {
	gr := k.resource
	if k.group != "" {
		gr += "." + k.group
	}
	c := object{"groupResource": one(gr, gr, gr, gr, "*", "**", "*.apps", "{pods,deployments.apps,*s.batch}", "[p-s]*", "[!p-s]**", "d?ployments.*", k.resource)}
	m := o["metadata"].(object)
	if maybe(4) {
		c["namespaces"] = one(list{"shop"}, list{"shop*"}, list{"*"}, list{"prod", "shop"}, list{"{shop,prod}"}, list{"[!s]*"}, list{})
	}
	if maybe(4) {
		c["resourceNameRegex"] = one("", "^web", "web-\\d+$", "^(?:db|orders)$", "(?i)^WEB", "[a-d]b", "^\\w+$", "b??", "^.{2}$", "^[^w]", "e\\b", "^o{0,2}r", "a|^$")
	}
	if maybe(4) {
		c["labelSelector"] = one(object{}, object{"matchLabels": object{"app": "web"}}, object{"matchExpressions": list{object{"key": "tier", "operator": "Exists"}}},
			object{"matchExpressions": list{object{"key": "app", "operator": "NotIn", "values": list{"db"}}}}, object{"matchLabels": m["labels"]})
	}
	for maybe(4) {
		p := path(o)
		l, _ := c["matches"].(list)
		c["matches"] = append(l, object{"path": p, "value": value(o, p)})
	}
	return c
}

func rule(k kind, o object) object {
	out := object{"conditions": conditions(k, o)}
	var patches list
	n := 1 + r.Intn(2)
	switch r.Intn(4) {
	case 0:
		for ; n >= 0; n-- {
			patches = append(patches, operation(o))
		}
		out["patches"] = patches
	case 1:
		for ; n > 0; n-- {
			patches = append(patches, object{"patchData": text(partial(k, false))})
		}
		out["mergePatches"] = patches
	default:
		for ; n > 0; n-- {
			patches = append(patches, object{"patchData": text(strategic(k, o))})
		}
		out["strategicPatches"] = patches
	}
	return out
}

func generate(seed int64, n int) {
	r = rand.New(rand.NewSource(seed))
	out := json.NewEncoder(os.Stdout)
	for i := 0; i < n; i++ {
		k := one(kinds...)
		o := item(k)
		rules := list{rule(k, o)}
		for maybe(3) {
			rules = append(rules, rule(k, o))
		}
		c := testCase{Rules: text(object{"version": "v1", "resourceModifierRules": rules}), Group: k.group, Resource: k.resource, Item: o}
		if err := out.Encode(c); err != nil {
			panic(err)
		}
	}
}
