// goplugin -- a Velero plugin of every kind, on Velero's own framework, that can also misbehave.  SPDX-License-Identifier: Apache-2.0
//
// Its plugins, all named go.example.com/...:
//
//	good       BackupItemActionV2, RestoreItemActionV2: marks every item (annotation go.example.com/good: backup or restore)
//	told       the same, and a line of its log for each (annotation go.example.com/told), as most Go plugins have it
//	v1         BackupItemAction, RestoreItemAction: marks every item (annotation go.example.com/v1), and does as an item says (act.go)
//	act        BackupItemActionV2, RestoreItemActionV2: does what an item's annotation go.example.com/do says (act.go)
//	selective  BackupItemActionV2, RestoreItemActionV2: a selector with every clause; marks with go.example.com/selective
//	block      ItemBlockAction: names what the annotation go.example.com/with lists
//	delete     DeleteItemAction: writes to $PLUGIN_TEST_DIR/deleted; refuses the item named held
//	store      ObjectStore: a directory (config: root)
//	null       ObjectStore: discards what is put, makes what is got
//	snapshotter VolumeSnapshotter: ids that tell what was asked
//	odd-store, odd-snapshotter: the same, and they misbehave in the call that their configuration names (odd.go)
//
// Environment: PLUGIN_TEST_DIR, a directory for the test's files; PLUGIN_TEST_START, how to misbehave from the start (start.go), or the
// executable's own name tells: goplugin-garbage.
package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/sirupsen/logrus"
	"github.com/spf13/pflag"
	"github.com/vmware-tanzu/velero/pkg/plugin/framework"
)

const prefix = "go.example.com/"

func misbehaviour() string {
	if how := os.Getenv("PLUGIN_TEST_START"); how != "" {
		return how
	}
	self, _ := os.Executable()
	_, how, _ := strings.Cut(filepath.Base(self), "goplugin-")
	return how
}

// testFile is a file of the test's directory; "" without one.
func testFile(name string) string {
	if dir := os.Getenv("PLUGIN_TEST_DIR"); dir != "" {
		return filepath.Join(dir, name)
	}
	return ""
}

// note adds a line to a file of the test's directory.
func note(name, line string) {
	path := testFile(name)
	if path == "" {
		return
	}
	if f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644); err == nil {
		f.WriteString(line + "\n")
		f.Close()
	}
}

func always[T any](make func(log logrus.FieldLogger) T) func(logrus.FieldLogger) (any, error) {
	return func(log logrus.FieldLogger) (any, error) { return make(log), nil }
}

func main() {
	start(misbehaviour())
	server := framework.NewServer().BindFlags(pflag.CommandLine)
	for _, name := range []string{"good", "told", "act", "selective"} {
		server.RegisterBackupItemActionV2(prefix+name, always(func(l logrus.FieldLogger) backupV2 { return backupV2{action{name, l}} }))
		server.RegisterRestoreItemActionV2(prefix+name, always(func(l logrus.FieldLogger) restoreV2 { return restoreV2{action{name, l}} }))
	}
	server.RegisterBackupItemAction(prefix+"v1", always(func(l logrus.FieldLogger) backupV1 { return backupV1{action{"v1", l}} }))
	server.RegisterRestoreItemAction(prefix+"v1", always(func(l logrus.FieldLogger) restoreV1 { return restoreV1{action{"v1", l}} }))
	server.RegisterItemBlockAction(prefix+"block", always(func(l logrus.FieldLogger) block { return block{l} }))
	server.RegisterDeleteItemAction(prefix+"delete", always(func(l logrus.FieldLogger) deletes { return deletes{l} }))
	server.RegisterObjectStore(prefix+"store", always(func(l logrus.FieldLogger) *store { return &store{log: l} }))
	server.RegisterObjectStore(prefix+"null", always(func(l logrus.FieldLogger) null { return null{} }))
	server.RegisterVolumeSnapshotter(prefix+"snapshotter", always(func(l logrus.FieldLogger) *snapshotter { return &snapshotter{log: l} }))
	server.RegisterObjectStore(prefix+"odd-store", always(func(l logrus.FieldLogger) *oddStore { return &oddStore{store: store{log: l}} }))
	server.RegisterVolumeSnapshotter(prefix+"odd-snapshotter", always(func(l logrus.FieldLogger) *oddSnapshotter {
		return &oddSnapshotter{snapshotter: snapshotter{log: l}}
	}))
	server.Serve()
}
