// engine -- Velero's own backup and restore engines over a cluster in memory.  SPDX-License-Identifier: Apache-2.0
//
//	engine backup CLUSTER STORE NAME [FEATURE]
//	                      backs up the manifests of CLUSTER as Velero's server does it, and puts all objects into STORE
//	engine restore STORE NAME RESTORE DIR [CLUSTER]
//	                      Velero's restore of that backup, by the Restore in the file RESTORE, into a cluster that holds CLUSTER's
//	                      manifests; what is in the cluster then goes to DIR, laid out as pintle's target. Prints warnings and errors
//	engine load CLUSTER DIR
//	                      what a cluster holds to begin with, laid out likewise
//	engine compare DIR PINTLE'S
//	                      do both hold the same objects?
package main

import (
	"fmt"
	"os"

	"github.com/sirupsen/logrus"
)

func must(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(2)
	}
}

func main() {
	arg := func(i int) string {
		if i < len(os.Args) {
			return os.Args[i]
		}
		return ""
	}
	switch arg(1) {
	case "backup":
		backUp(arg(2), arg(3), arg(4), arg(5))
	case "restore":
		restore(arg(2), arg(3), arg(4), arg(5), arg(6))
	case "load":
		newCluster(arg(2), logrus.New()).dump(arg(3))
	case "compare":
		compare(arg(2), arg(3))
	default:
		fmt.Println("usage: see main.go")
		os.Exit(2)
	}
}
