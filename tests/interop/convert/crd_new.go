//go:build !old

// crd_new.go -- random CustomResourceDefinitions of v1beta1, and whether v1 takes what became of them.
// SPDX-License-Identifier: Apache-2.0
package main

import (
	"context"
	"fmt"
	"math/rand"
	"strings"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation"
)

const crdGroup = "random.example.com"

// Whatever v1beta1 takes: with and without types, with what v1 has no place for.
func randomSchema(r *rand.Rand, depth int) object {
	s := object{}
	maybe := func(share float64, key string, value interface{}) {
		if r.Float64() < share {
			s[key] = value
		}
	}
	maybe(0.2, "description", "d")
	maybe(0.1, "nullable", true)
	shape := r.Intn(6)
	if depth <= 0 && shape < 3 {
		shape = 3
	}
	typed := func(name string) { maybe(0.7, "type", name) }
	switch shape {
	case 0:
		typed("object")
		properties := object{}
		for i := 0; i <= r.Intn(3); i++ {
			properties[fmt.Sprintf("p%d", i)] = randomSchema(r, depth-1)
		}
		s["properties"] = properties
		maybe(0.2, "additionalProperties", []interface{}{false, true, object{"type": "string"}}[r.Intn(3)])
		maybe(0.1, "patternProperties", object{"^a": object{"type": "string"}})
		maybe(0.2, "required", []interface{}{"p0"})
	case 1:
		typed("object")
		s["additionalProperties"] = randomSchema(r, depth-1)
	case 2:
		typed("array")
		s["items"] = randomSchema(r, depth-1)
		maybe(0.2, "uniqueItems", r.Intn(2) == 0)
	case 3:
		typed("string")
		maybe(0.3, "pattern", "^a+$")
		maybe(0.3, "enum", []interface{}{"a", "b"})
		maybe(0.3, "oneOf", []interface{}{object{"pattern": "^a"}, object{"type": "string", "maxLength": 3, "description": "d"}})
	case 4:
		typed("integer")
		maybe(0.3, "minimum", 1)
		maybe(0.2, "not", object{"enum": []interface{}{7}, "type": "integer"})
	case 5:
		s["anyOf"] = []interface{}{object{"type": "integer"}, object{"type": "string"}}
		maybe(0.3, "x-kubernetes-int-or-string", true)
	}
	return s
}

func randomCRDs(r *rand.Rand, n int, add func(object)) {
	for i := 0; i < n; i++ {
		root := object{"properties": object{"spec": randomSchema(r, 5), "metadata": object{"type": "object", "properties": object{"name": object{"type": "string", "maxLength": 9}}}}}
		if r.Intn(2) == 0 {
			root["type"] = "object"
		}
		spec := object{"group": crdGroup, "version": "v1", "scope": "Namespaced", "names": object{"kind": "Thing", "plural": "things"},
			"validation": object{"openAPIV3Schema": root}}
		if r.Intn(4) == 0 {
			delete(spec, "validation")
		}
		add(object{"apiVersion": "apiextensions.k8s.io/v1beta1", "kind": "CustomResourceDefinition", "spec": spec})
	}
}

// "" or what v1 has against it. A nullable, additionalProperties beside properties, and the like are the server's to say.
func refusal(now object) string {
	spec, _ := now["spec"].(object)
	if now["kind"] != "CustomResourceDefinition" || spec["group"] != crdGroup {
		return ""
	}
	in, err := decode(now)
	if err != nil {
		return err.Error()
	}
	crd := in.(*apiextensions.CustomResourceDefinition)
	crd.Name = "things." + crdGroup
	said := []string{}
	for _, e := range validation.ValidateCustomResourceDefinition(context.Background(), crd) {
		if !strings.HasPrefix(e.Field, "status") {
			said = append(said, e.Error())
		}
	}
	return strings.Join(said, "; ")
}
