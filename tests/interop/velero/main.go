// velero -- Velero's own packages read what pintle wrote, and write what pintle reads.  SPDX-License-Identifier: Apache-2.0
//
//	velero kinds DIR EXPECTED          writes one item of each type that client-go has a client for; their places as lines to EXPECTED
//	velero read STORE BACKUP RESTORE [INPUT [EXPECTED]]
//	                                   a backup of INPUT and its restore, as Velero's server and CLI read them
//	velero operations STORE BACKUP RESTORE
//	                                   their asynchronous operations, one of each completed, one failed
//	velero snapshots STORE BACKUP RESTORE
//	                                   their snapshots of volumes, of which one failed
//	velero describe STORE BACKUP FILE [details]
//	                                   is FILE, which pintle printed, what Velero's client prints?
//	velero extract                     (used by read, without root's rights) tarball on standard input, items to standard output
//	velero write STORE BACKUP          a backup as Velero's server puts it
//	velero restored DIR                were that backup's items restored to DIR?
//	velero delete STORE BACKUP RESTORE as Velero's server deletes it: nothing is left
package main

import (
	"fmt"
	"os"
)

var problems int

func bad(format string, args ...any) {
	problems++
	fmt.Printf(format+"\n", args...)
}

func check(err error, format string, args ...any) bool {
	if err != nil {
		bad("%s: %v", fmt.Sprintf(format, args...), err)
	}
	return err == nil
}

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
	case "kinds":
		writeKinds(arg(2), arg(3))
	case "read":
		read(arg(2), arg(3), arg(4), arg(5), arg(6))
	case "operations":
		readOperations(arg(2), arg(3), arg(4))
	case "snapshots":
		readSnapshots(arg(2), arg(3), arg(4))
	case "describe":
		describe(arg(2), arg(3), arg(4), arg(5) == "details")
	case "extract":
		extract()
	case "write":
		write(arg(2), arg(3))
	case "restored":
		checkRestored(arg(2))
	case "delete":
		remove(arg(2), arg(3), arg(4))
	default:
		fmt.Println("usage: see main.go")
		os.Exit(2)
	}
	if problems > 0 {
		fmt.Printf("%d problems\n", problems)
		os.Exit(1)
	}
}
