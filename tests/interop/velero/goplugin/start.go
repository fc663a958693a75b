// start.go -- misbehaving from the start.  SPDX-License-Identifier: Apache-2.0
package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// start returns where there is nothing to misbehave.
func start(how string) {
	switch how {
	case "":
		return
	case "early": // ends at once
		fmt.Fprintln(os.Stderr, "no licence for this machine")
		os.Exit(3)
	case "silent": // never says a word
	case "garbage": // a line that is no handshake
		fmt.Println("hello, world")
	case "endless-line": // a line without an end
		for {
			fmt.Print("1|2|unix|")
		}
	case "version": // a protocol that nobody knows
		fmt.Println("1|9|unix|/nonexistent|grpc|")
	case "core": // another core protocol
		fmt.Println("7|2|unix|/nonexistent|grpc|")
	case "netrpc": // go-plugin's older transport
		fmt.Println("1|2|unix|/nonexistent|netrpc|")
	case "nobody": // nobody listens there
		fmt.Println("1|2|unix|/nonexistent/socket|grpc|")
	case "leaves": // listens, says so, and is gone
		listen().Close()
		os.Exit(0)
	default:
		if later, is := strings.CutPrefix(how, "again-"); is { // well at the first start, which is the probe's
			self, _ := os.Executable()
			if path := filepath.Join(filepath.Dir(self), "."+how); !exists(path) { // beside it, since a probe gets no $PLUGIN_TEST_DIR
				os.WriteFile(path, nil, 0o644)
				serveRaw("call-")
			}
			start(later)
		}
		if !servePeer(how) && !serveRaw(how) {
			fmt.Fprintf(os.Stderr, "goplugin: there is no %q\n", how)
			os.Exit(2)
		}
	}
	time.Sleep(time.Hour)
	os.Exit(1)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// listen says where, as go-plugin's server does.
func listen() net.Listener {
	dir, err := os.MkdirTemp(os.Getenv("PLUGIN_UNIX_SOCKET_DIR"), "plugin")
	if err != nil {
		panic(err)
	}
	l, err := net.Listen("unix", filepath.Join(dir, "socket"))
	if err != nil {
		panic(err)
	}
	fmt.Printf("1|2|unix|%s|grpc|\n", l.Addr())
	return l
}
