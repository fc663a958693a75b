// bench.go -- how long calls take, through Velero's client.  SPDX-License-Identifier: Apache-2.0
//
//	client bench DIRECTORY calls NAME CALLERS N ITEM...   N calls in all of a BackupItemAction, one item after another: microseconds a call, on the
//	                                                      clock (with several callers: of all of them together)
//	client bench DIRECTORY put|get NAME BYTES             an object "bytes-N" of a store: MB a second
//	client bench DIRECTORY small NAME N                   objects of 4 KB, one after another: objects a second
//	client bench DIRECTORY hold NAME ITEM STORE           has called all of them once, says "ready" and waits for the end of standard input
//
// BENCH_CONFIG is the store's configuration, as JSON; its bucket is bench.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sirupsen/logrus"
	velerov1 "github.com/vmware-tanzu/velero/pkg/apis/velero/v1"
	"github.com/vmware-tanzu/velero/pkg/plugin/clientmgmt"
	"github.com/vmware-tanzu/velero/pkg/plugin/velero"
	biav2 "github.com/vmware-tanzu/velero/pkg/plugin/velero/backupitemaction/v2"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func itemsOf(files []string) []*unstructured.Unstructured {
	var list []*unstructured.Unstructured
	for _, file := range files {
		text, err := os.ReadFile(file)
		must(err)
		u := &unstructured.Unstructured{}
		must(json.Unmarshal(text, &u.Object))
		list = append(list, u)
	}
	return list
}

func timeCalls(action biav2.BackupItemAction, backup *velerov1.Backup, items []*unstructured.Unstructured, callers, n int) time.Duration {
	var wg sync.WaitGroup
	var next atomic.Int64
	start := time.Now()
	for range callers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				_, _, _, _, err := action.Execute(items[int(i)%len(items)], backup)
				must(err)
			}
		}()
	}
	wg.Wait()
	return time.Since(start)
}

// zeros costs little; the client copies it into messages all the same.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func timeObject(o velero.ObjectStore, verb string, n int) time.Duration {
	key := fmt.Sprintf("bytes-%d", n)
	start := time.Now()
	if verb == "put" {
		must(o.PutObject("bench", key, io.LimitReader(zeros{}, int64(n))))
		return time.Since(start)
	}
	r, err := o.GetObject("bench", key)
	must(err)
	got, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{r}, make([]byte, 64<<10))
	must(err)
	if got != int64(n) {
		must(fmt.Errorf("%d bytes came", got))
	}
	return time.Since(start)
}

func storeOf(manager clientmgmt.Manager, name string) velero.ObjectStore {
	o, err := manager.GetObjectStore(name)
	must(err)
	config := map[string]string{}
	if text := os.Getenv("BENCH_CONFIG"); text != "" {
		must(json.Unmarshal([]byte(text), &config))
	}
	must(o.Init(config))
	return o
}

func bench(directory string, args []string) {
	log := logger(os.DevNull)
	log.Level = logrus.InfoLevel
	registry := discover(directory, log)
	manager := clientmgmt.NewManager(log, log.Level, registry)
	defer manager.CleanupClients()
	backup, err := backupOf(aBackup)
	must(err)
	switch args[0] {
	case "calls":
		action, err := manager.GetBackupItemActionV2(args[1])
		must(err)
		callers, n, items := number(args[2]), number(args[3]), itemsOf(args[4:])
		timeCalls(action, backup, items, callers, n/10) // a start of workers does not count
		say(answer{"us": float64(timeCalls(action, backup, items, callers, n).Nanoseconds()) / 1000 / float64(n)})
	case "small":
		o, n := storeOf(manager, args[1]), number(args[2])
		must(o.PutObject("bench", "small-0", io.LimitReader(zeros{}, 4000)))
		start := time.Now()
		for i := range n {
			must(o.PutObject("bench", fmt.Sprintf("small-%d", i), io.LimitReader(zeros{}, 4000)))
		}
		say(answer{"rate": float64(n) / time.Since(start).Seconds()})
	case "put", "get":
		o, n := storeOf(manager, args[1]), number(args[2])
		timeObject(o, args[0], n/16)
		say(answer{"mbs": float64(n) / 1e6 / timeObject(o, args[0], n).Seconds()})
	case "hold":
		action, err := manager.GetBackupItemActionV2(args[1])
		must(err)
		timeCalls(action, backup, itemsOf(args[2:3]), 1, 1000)
		if len(args) > 3 {
			timeObject(storeOf(manager, args[3]), "put", 64<<20)
		}
		fmt.Println("ready")
		io.Copy(io.Discard, os.Stdin)
	}
}
