// builtin.go -- the names that Velero's server itself registers (its pkg/cmd/server/plugin), doing nothing.  SPDX-License-Identifier: Apache-2.0
package main

import (
	"github.com/sirupsen/logrus"
	"github.com/spf13/pflag"
	velerov1 "github.com/vmware-tanzu/velero/pkg/apis/velero/v1"
	"github.com/vmware-tanzu/velero/pkg/plugin/framework"
	"github.com/vmware-tanzu/velero/pkg/plugin/velero"
	"k8s.io/apimachinery/pkg/runtime"
)

// builtin maps each name to the kinds that it is registered under: b, r: v1 of backup and restore; B, R: v2; d: deletion; i: blocks.
var builtin = map[string]string{
	"velero.io/pv": "b", "velero.io/pod": "bri", "velero.io/service-account": "bri", "velero.io/job": "r", "velero.io/pod-volume-restore": "r",
	"velero.io/init-restore-hook": "r", "velero.io/service": "r", "velero.io/add-pvc-from-pod": "r", "velero.io/change-storage-class": "r",
	"velero.io/change-image-name": "r", "velero.io/role-bindings": "r", "velero.io/cluster-role-bindings": "r",
	"velero.io/crd-preserve-fields": "r", "velero.io/pvc": "ri", "velero.io/apiservice": "r",
	"velero.io/admission-webhook-configuration": "r", "velero.io/secret": "r", "velero.io/dataupload": "r", "velero.io/dataupload-delete": "d",
	"velero.io/csi-volumesnapshotcontent-delete": "d", "velero.io/csi-pvc-backupper": "B", "velero.io/csi-volumesnapshot-backupper": "B",
	"velero.io/csi-volumesnapshotcontent-backupper": "B", "velero.io/csi-volumesnapshotclass-backupper": "B",
	"velero.io/csi-pvc-restorer": "R", "velero.io/csi-volumesnapshot-restorer": "R", "velero.io/csi-volumesnapshotcontent-restorer": "R",
	"velero.io/csi-volumesnapshotclass-restorer": "R", "velero.io/crd-remap-version": "b",
}

type nothing struct{}

func (nothing) Name() string                                { return "velero.io/nothing" }
func (nothing) AppliesTo() (velero.ResourceSelector, error) { return velero.ResourceSelector{}, nil }

type nothingBackup struct{ nothing }

func (nothingBackup) Execute(item runtime.Unstructured, _ *velerov1.Backup) (runtime.Unstructured, []velero.ResourceIdentifier, error) {
	return item, nil, nil
}

type nothingRestore struct{ nothing }

func (nothingRestore) Execute(in *velero.RestoreItemActionExecuteInput) (*velero.RestoreItemActionExecuteOutput, error) {
	return velero.NewRestoreItemActionExecuteOutput(in.Item), nil
}

func serveBuiltin() {
	server := framework.NewServer().BindFlags(pflag.CommandLine)
	for name, under := range builtin {
		for _, kind := range under {
			switch kind {
			case 'b':
				server.RegisterBackupItemAction(name, func(logrus.FieldLogger) (any, error) { return nothingBackup{}, nil })
			case 'r':
				server.RegisterRestoreItemAction(name, func(logrus.FieldLogger) (any, error) { return nothingRestore{}, nil })
			case 'B': // listed only; nobody calls them here
				server.RegisterBackupItemActionV2(name, func(logrus.FieldLogger) (any, error) { return nothing{}, nil })
			case 'R':
				server.RegisterRestoreItemActionV2(name, func(logrus.FieldLogger) (any, error) { return nothing{}, nil })
			case 'd':
				server.RegisterDeleteItemAction(name, func(logrus.FieldLogger) (any, error) { return nothing{}, nil })
			case 'i':
				server.RegisterItemBlockAction(name, func(logrus.FieldLogger) (any, error) { return nothing{}, nil })
			}
		}
	}
	server.Serve()
}
