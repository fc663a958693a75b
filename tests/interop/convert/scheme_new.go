// scheme_new.go -- groups that Kubernetes 1.23 does not have.  SPDX-License-Identifier: Apache-2.0
//go:build !old

package main

import (
	_ "k8s.io/kubernetes/pkg/apis/resource/install"
	_ "k8s.io/kubernetes/pkg/apis/storagemigration/install"
)
