//go:build old

// crd_old.go -- Kubernetes 1.23 has the other kinds.  SPDX-License-Identifier: Apache-2.0
package main

import "math/rand"

func randomCRDs(r *rand.Rand, n int, add func(object)) {}
func refusal(now object) string                        { return "" }
