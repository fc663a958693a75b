// cases.go -- items at random, from small worlds in which rules meet.  SPDX-License-Identifier: Apache-2.0
package main

import (
	"encoding/base64"
	"fmt"
	"math/rand"
)

type gen struct{ *rand.Rand }

func (g *gen) maybe() bool             { return g.Intn(2) == 0 }
func (g *gen) one(l ...any) any        { return l[g.Intn(len(l))] }
func (g *gen) word(l ...string) string { return l[g.Intn(len(l))] }

// Sets a member half of the time.
func (g *gen) put(o object, key string, v any) {
	if g.maybe() {
		o[key] = v
	}
}

// Some of the pairs.
func (g *gen) some(pairs ...string) object {
	o := object{}
	for i := 0; i+1 < len(pairs); i += 2 {
		g.put(o, pairs[i], pairs[i+1])
	}
	return o
}

func (g *gen) list(most int, make func(i int) any) []any {
	out := []any{}
	for i, n := 0, g.Intn(most+1); i < n; i++ {
		out = append(out, make(i))
	}
	return out
}

func (g *gen) ns() string { return g.word("a", "b", "prod-1", "prod-2") }

func (g *gen) restoreOf(spec object) object {
	g.put(spec, "namespaceMapping", g.some("a", "b", "b", "c", "prod-1", "x"))
	return object{"apiVersion": "velero.io/v1", "kind": "Restore", "metadata": object{"name": "r", "namespace": "velero", "uid": "u"}, "spec": spec}
}

func (g *gen) backupOf() object {
	spec := object{}
	g.put(spec, "volumeGroupSnapshotLabelKey", "group")
	return object{"apiVersion": "velero.io/v1", "kind": "Backup", "metadata": object{"name": "now", "namespace": "velero"}, "spec": spec}
}

// Backup and Restore at once: each side reads what it knows.
func (g *gen) run() object {
	r := g.restoreOf(object{})
	for k, v := range g.backupOf()["spec"].(object) {
		r["spec"].(object)[k] = v
	}
	r["metadata"].(object)["name"] = "now"
	return r
}

func object1(apiVersion, kind, ns, name string) object {
	m := object{"name": name}
	if ns != "" {
		m["namespace"] = ns
	}
	return object{"apiVersion": apiVersion, "kind": kind, "metadata": m}
}

func (g *gen) claim() input {
	claimOf := func(ns, name string) object {
		c := object1("v1", "PersistentVolumeClaim", ns, name)
		m := c["metadata"].(object)
		g.put(m, "labels", g.some("velero.io/backup-name", g.word("now", "then"), "velero.io/restore-name", "r0", "velero.io/volume-snapshot-name", "s",
			"backup.velero.io/must-include-additional-items", "true", "velero.io/else", "1", "app", "x", "group", g.word("g1", "g2", "")))
		g.put(m, "annotations", g.some("pv.kubernetes.io/bind-completed", "yes", "pv.kubernetes.io/bound-by-controller", "yes",
			"volume.kubernetes.io/storage-provisioner", "p", "volume.beta.kubernetes.io/storage-provisioner", "p", "volume.kubernetes.io/selected-node", "n",
			"velero.io/volume-snapshot-name", "s", "velero.io/data-upload-name", "d", "velero.io/kept", "1", "a/b~c", "1"))
		spec := object{}
		if g.Intn(5) > 0 {
			spec["volumeName"] = g.word("pv-1", "pv-1", "pv-2", "")
		}
		g.put(spec, "storageClassName", g.one("", "", "fast", nil))
		g.put(spec, "dataSource", object{"kind": "VolumeSnapshot", "name": "s", "apiGroup": "snapshot.storage.k8s.io"})
		g.put(spec, "dataSourceRef", object{"kind": "VolumeSnapshot", "name": "s"})
		selector := object{}
		g.put(selector, "matchLabels", g.some("velero.io/a", "1", "velero.io/b", "1", "app", "x"))
		g.put(selector, "matchExpressions", []any{object{"key": "velero.io/c", "operator": "Exists"}})
		g.put(spec, "selector", g.one(selector, selector, nil))
		g.put(spec, "accessModes", []any{"ReadWriteOnce"})
		c["spec"] = spec
		if g.Intn(4) > 0 {
			c["status"] = object{"phase": g.word("Bound", "Bound", "Bound", "Pending", "Lost")}
		}
		return c
	}
	ns := g.ns()
	item := claimOf(ns, "data-0")
	in := input{Run: g.run(), Item: item, Stored: claimOf(ns, "data-0"), Objects: []object{item}}
	for i := 1; i < 1+g.Intn(6); i++ {
		in.Objects = append(in.Objects, claimOf(g.word("a", ns), fmt.Sprintf("data-%d", i)))
	}
	for i := 0; i < g.Intn(8); i++ {
		p := g.podOf(g.word("a", ns), fmt.Sprintf("p-%d", i))
		if g.Intn(3) > 0 {
			p["spec"].(object)["nodeName"] = "n"
			p["status"] = object{"phase": g.word("Running", "Running", "Pending", "Succeeded")}
		}
		if g.Intn(5) == 0 {
			p["metadata"].(object)["deletionTimestamp"] = "2026-01-01T00:00:00Z"
		}
		in.Objects = append(in.Objects, p)
	}
	return in
}

func (g *gen) volumes(account string) []any {
	return g.list(5, func(i int) any {
		v := object{"name": g.word(account+"-token-x7", account+"-token", "default-token-1", "-token-z", fmt.Sprintf("v%d", i))}
		switch g.Intn(4) {
		case 0, 1:
			v["persistentVolumeClaim"] = object{"claimName": g.word("data-0", "data-1", "data-0", "")}
		case 2:
			v["emptyDir"] = object{}
		}
		return v
	})
}

func (g *gen) containers(account string, most int) []any {
	return g.list(most, func(i int) any {
		c := object{"name": fmt.Sprintf("c%d", i), "image": "i"}
		g.put(c, "volumeMounts", g.list(4, func(j int) any {
			return object{"name": g.word(account+"-token-x7", "-token-z", "v1", "default-token-1"), "mountPath": fmt.Sprintf("/m%d", j)}
		}))
		return c
	})
}

func (g *gen) podOf(ns, name string) object {
	account := g.word("", "default", "runner", "runner-token")
	p := object1("v1", "Pod", ns, name)
	m := p["metadata"].(object)
	g.put(m, "labels", g.some("app", "x", "tier", g.word("web", "db")))
	spec := object{"containers": g.containers(account, 3)}
	if account != "" {
		spec["serviceAccountName"] = account
	}
	g.put(spec, "initContainers", g.containers(account, 2))
	g.put(spec, "nodeName", "n1")
	g.put(spec, "priority", 1000)
	g.put(spec, "priorityClassName", g.word("high", ""))
	g.put(spec, "volumes", g.volumes(account))
	p["spec"] = spec
	return p
}

func (g *gen) pod() input {
	return input{Run: g.run(), Item: g.podOf(g.ns(), "p"), Stored: object{}}
}

func (g *gen) hook() any {
	h := object{"name": "h"}
	g.put(h, "includedNamespaces", g.list(2, func(int) any { return g.word("a", "b", "c", "x", "prod-*", "*", "prod-?") }))
	if g.Intn(3) == 0 {
		h["excludedNamespaces"] = []any{g.word("a", "c", "prod-2", "x*")}
	}
	if g.Intn(3) == 0 {
		h["includedResources"] = []any{"deployments"}
	}
	if g.maybe() {
		operator := g.word("In", "NotIn", "Exists", "DoesNotExist")
		e := object{"key": "tier", "operator": operator}
		if operator == "In" || operator == "NotIn" {
			e["values"] = []any{"web", "cache"}
		}
		if g.Intn(20) == 0 {
			e["operator"] = "Like"
		}
		h["labelSelector"] = g.one(object{}, object{"matchLabels": object{"app": "x"}}, object{"matchExpressions": []any{e}})
	}
	h["postHooks"] = g.list(2, func(i int) any {
		if g.Intn(3) == 0 {
			return object{"exec": object{"command": []any{"sh"}}}
		}
		return object{"init": object{"initContainers": g.list(2, func(j int) any {
			c := object{"name": fmt.Sprintf("init-%d-%d", i, j), "image": "busybox", "command": []any{"sh", "-c", "echo \"<&>\" \u2028"}}
			if g.Intn(20) == 0 {
				delete(c, g.word("name", "image", "command"))
			}
			if g.Intn(20) == 0 {
				c["command"] = []any{}
			}
			return c
		}), "timeout": "30s"}}
	})
	return h
}

func (g *gen) hooked() input {
	spec := object{}
	g.put(spec, "hooks", object{"resources": g.list(3, func(int) any { return g.hook() })})
	p := g.podOf(g.ns(), "p")
	if g.maybe() {
		if c, ok := p["spec"].(object)["initContainers"].([]any); ok && len(c) > 0 {
			c[0].(object)["name"] = "restore-wait"
		}
	}
	if g.Intn(3) == 0 {
		a := g.some("init.hook.restore.velero.io/container-image", g.word("busybox", "busybox", ""), "init.hook.restore.velero.io/container-name",
			g.word("mine", ""), "init.hook.restore.velero.io/timeout", "5m")
		if g.Intn(4) > 0 {
			a["init.hook.restore.velero.io/command"] = g.word(`["/bin/sh","-c","date"]`, "/bin/ash", `["a", null]`, `["a"`, `[1,2]`, `[]`, `[ "é\n" ] `,
				`["a"] x`, " [\"a\"]", `[["a"]]`, "")
		}
		p["metadata"].(object)["annotations"] = a
	}
	return input{Run: g.restoreOf(spec), Item: p, Stored: object{}}
}

func (g *gen) account() input {
	a := object1("v1", "ServiceAccount", g.word("a", "a", g.ns()), g.word("runner", "runner", "runner-token", "default"))
	g.put(a, "secrets", g.list(4, func(i int) any {
		return object{"name": g.word("runner-token-abcde", "runner-token-token-x", "default-token-x", "runner-token", fmt.Sprintf("s%d", i))}
	}))
	g.put(a, "imagePullSecrets", []any{object{"name": "runner-token-x"}})
	in := input{Run: g.run(), Item: a, Stored: object{}}
	for i := 0; i < g.Intn(6); i++ {
		b := g.bindingOf("ClusterRoleBinding", fmt.Sprintf("crb-%d", i))
		in.Objects = append(in.Objects, b)
	}
	return in
}

func (g *gen) bindingOf(kind, name string) object {
	b := object1("rbac.authorization.k8s.io/v1", kind, "", name)
	b["roleRef"] = object{"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": g.word("admin", "view", "edit")}
	g.put(b, "subjects", g.list(4, func(int) any {
		s := object{"kind": g.word("ServiceAccount", "ServiceAccount", "User", "Group"), "name": g.word("runner", "default", "runner-token")}
		g.put(s, "namespace", g.word("a", "b", "prod-1", "d", ""))
		return s
	}))
	return b
}

func (g *gen) binding() input {
	return input{Run: g.run(), Item: g.bindingOf(g.word("RoleBinding", "ClusterRoleBinding"), "x"), Stored: object{}}
}

func (g *gen) job() input {
	uids := func() object {
		return g.some("controller-uid", "1", "batch.kubernetes.io/controller-uid", "1", "job-name", "j", "batch.kubernetes.io/job-name", "j")
	}
	j := object1("batch/v1", "Job", g.ns(), "j")
	j["metadata"].(object)["labels"] = uids()
	template := object{"spec": object{"containers": g.containers("x", 1), "restartPolicy": "Never"}}
	g.put(template, "metadata", object{"labels": uids()})
	spec := object{"template": template}
	selector := object{}
	g.put(selector, "matchLabels", uids())
	g.put(spec, "selector", selector)
	g.put(spec, "manualSelector", true)
	j["spec"] = spec
	return input{Run: g.run(), Item: j, Stored: object{}}
}

func (g *gen) webhooks() input {
	w := object1(g.word("admissionregistration.k8s.io/v1", "admissionregistration.k8s.io/v1", "admissionregistration.k8s.io/v1beta1"),
		"ValidatingWebhookConfiguration", "", "w")
	g.put(w, "webhooks", g.list(3, func(i int) any {
		h := object{"name": fmt.Sprintf("h%d", i), "clientConfig": object{"caBundle": "eA=="}}
		g.put(h, "sideEffects", g.one("None", "NoneOnDryRun", "Some", "Unknown", "", "none", nil))
		return h
	}))
	return input{Run: g.run(), Item: w, Stored: object{}}
}

func (g *gen) apiservice() input {
	a := object1("apiregistration.k8s.io/v1", "APIService", "", "v1.")
	a["metadata"].(object)["labels"] = object{"kube-aggregator.kubernetes.io/automanaged": "true"}
	return input{Run: g.run(), Item: a, Stored: object{}}
}

func (g *gen) crd() input {
	c := object1("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", "baskets.shop.io")
	spec := object{"group": "shop.io", "scope": "Namespaced", "names": object{"plural": "baskets", "kind": "Basket"}}
	g.put(spec, "preserveUnknownFields", g.one(true, true, false))
	spec["versions"] = g.list(3, func(i int) any {
		v := object{"name": fmt.Sprintf("v%d", i+1), "served": true, "storage": i == 0}
		schema := object{}
		root := object{"type": "object", "properties": object{"n": object{"type": "number", "minimum": g.one(1, 0.5)}}}
		g.put(root, "x-kubernetes-preserve-unknown-fields", true)
		g.put(schema, "openAPIV3Schema", g.one(root, root, object{}, nil))
		g.put(v, "schema", g.one(schema, schema, nil))
		return v
	})
	c["spec"] = spec
	return input{Run: g.run(), Item: c, Stored: object{}}
}

func (g *gen) secret() input {
	s := object1("v1", "Secret", g.ns(), g.word("runner-token-abcde", "runner-token-token-x", "default-token-x", "mine", "-token-x", "runner-token-"))
	g.put(s["metadata"].(object), "annotations", g.some("kubernetes.io/service-account.uid", "1", "kubernetes.io/service-account.name", "runner", "a", "b"))
	if g.Intn(4) > 0 {
		s["type"] = g.word("kubernetes.io/service-account-token", "kubernetes.io/service-account-token", "Opaque")
	}
	b64 := func(t string) string { return base64.StdEncoding.EncodeToString([]byte(t)) }
	g.put(s, "data", g.some("token", b64("t"), "ca.crt", b64("c"), "namespace", b64("a"), "else", b64("e")))
	in := input{Run: g.run(), Item: s, Stored: object{}}
	for _, ns := range []string{"a", "b", "prod-1"} {
		for _, name := range []string{"runner", "runner-token", "default"} {
			if g.Intn(4) == 0 {
				in.Objects = append(in.Objects, object1("v1", "ServiceAccount", ns, name))
			}
		}
	}
	return in
}

func (g *gen) service() input {
	s := object1("v1", "Service", g.ns(), "s")
	spec := object{}
	g.put(spec, "type", g.word("ClusterIP", "NodePort", "NodePort", "LoadBalancer", "LoadBalancer", "ExternalName"))
	g.put(spec, "clusterIP", g.word("None", "10.0.0.1", "10.0.0.2", ""))
	g.put(spec, "clusterIPs", []any{"10.0.0.1", "fd00::1"})
	g.put(spec, "externalTrafficPolicy", g.word("Local", "Local", "Cluster"))
	g.put(spec, "healthCheckNodePort", g.one(0, 31000, 31001))
	g.put(spec, "ports", g.list(4, func(i int) any {
		p := object{"port": g.one(80, 81, 443)}
		g.put(p, "name", g.word("http", "https", "", "x"))
		g.put(p, "nodePort", g.one(0, 30000, 30001, 30002))
		g.put(p, "protocol", g.word("TCP", "TCP", "UDP"))
		return p
	}))
	s["spec"] = spec
	m := s["metadata"].(object)
	if g.Intn(3) == 0 {
		applied := object{}
		g.put(applied, "ports", g.list(4, func(int) any {
			p := object{"port": 80}
			g.put(p, "name", g.word("http", "https", ""))
			g.put(p, "nodePort", g.one(0, 30000, 30001, 30002, "30000", "30001", 30000.0, true, -1, 30000.5))
			if g.Intn(30) == 0 {
				p["nodePort"] = g.one("x", "", " 30000", "+30000", "30000.0")
			}
			return g.one(p, p, p, p, p, "odd", nil)
		}))
		g.put(applied, "healthCheckNodePort", g.one(0, 31000))
		text := string(marshal(object{"spec": applied}))
		if g.Intn(8) == 0 {
			text = g.word("{}", `{"spec":null}`, "", "{", `{"spec":{}} x`, "null")
		}
		m["annotations"] = object{"kubectl.kubernetes.io/last-applied-configuration": text}
	}
	g.put(m, "managedFields", g.list(3, func(int) any {
		f := object{}
		ports := object{".": object{}}
		for i := 0; i < g.Intn(4); i++ {
			key := fmt.Sprintf(`k:{"port":%v,"protocol":"%s"}`, g.one(80, 81, 443), g.word("TCP", "UDP", ""))
			ports[key] = g.some2()
		}
		g.put(f, "f:ports", ports)
		g.put(f, "f:healthCheckNodePort", object{})
		e := object{"manager": "kubectl", "operation": "Apply", "fieldsType": "FieldsV1"}
		g.put(e, "fieldsV1", object{"f:spec": f})
		return e
	}))
	restore := object{}
	if g.Intn(4) == 0 {
		restore["preserveNodePorts"] = g.one(true, false, nil)
	}
	return input{Run: g.restoreOf(restore), Item: s, Stored: object{}}
}

func (g *gen) some2() object {
	o := object{".": object{}, "f:port": object{}}
	g.put(o, "f:nodePort", object{})
	return o
}
