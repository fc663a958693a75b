// plugins.go -- where plugins come from: Velero's manager, or go-plugin's client alone.  SPDX-License-Identifier: Apache-2.0
package main

import (
	"os/exec"
	"sort"

	"github.com/hashicorp/go-hclog"
	plugin "github.com/hashicorp/go-plugin"
	"github.com/pkg/errors"
	"github.com/sirupsen/logrus"
	"github.com/vmware-tanzu/velero/pkg/plugin/clientmgmt"
	"github.com/vmware-tanzu/velero/pkg/plugin/clientmgmt/process"
	"github.com/vmware-tanzu/velero/pkg/plugin/framework"
	biav2fw "github.com/vmware-tanzu/velero/pkg/plugin/framework/backupitemaction/v2"
	"github.com/vmware-tanzu/velero/pkg/plugin/framework/common"
	ibav1fw "github.com/vmware-tanzu/velero/pkg/plugin/framework/itemblockaction/v1"
	riav2fw "github.com/vmware-tanzu/velero/pkg/plugin/framework/restoreitemaction/v2"
)

type plugins interface {
	list() ([]framework.PluginIdentifier, error)
	get(kind common.PluginKind, name string) (any, error)
}

var kinds = []common.PluginKind{common.PluginKindBackupItemAction, common.PluginKindBackupItemActionV2, common.PluginKindRestoreItemAction,
	common.PluginKindRestoreItemActionV2, common.PluginKindDeleteItemAction, common.PluginKindItemBlockAction, common.PluginKindObjectStore,
	common.PluginKindVolumeSnapshotter}

// ---- Velero's
type viaVelero struct {
	registry process.Registry
	manager  clientmgmt.Manager
}

// list leaves out what this program itself serves.
func (v *viaVelero) list() ([]framework.PluginIdentifier, error) {
	var all []framework.PluginIdentifier
	for _, kind := range kinds {
		for _, id := range v.registry.List(kind) {
			if _, ours := builtin[id.Name]; !ours && id.Kind == kind { // a v1 action stands in the list of v2, too
				all = append(all, id)
			}
		}
	}
	return sorted(all), nil
}

func sorted(ids []framework.PluginIdentifier) []framework.PluginIdentifier {
	sort.Slice(ids, func(i, j int) bool {
		return ids[i].Kind < ids[j].Kind || (ids[i].Kind == ids[j].Kind && ids[i].Name < ids[j].Name)
	})
	return ids
}

func (v *viaVelero) get(kind common.PluginKind, name string) (any, error) {
	switch kind {
	case common.PluginKindBackupItemAction:
		return v.manager.GetBackupItemAction(name)
	case common.PluginKindBackupItemActionV2:
		return v.manager.GetBackupItemActionV2(name)
	case common.PluginKindRestoreItemAction:
		return v.manager.GetRestoreItemAction(name)
	case common.PluginKindRestoreItemActionV2:
		return v.manager.GetRestoreItemActionV2(name)
	case common.PluginKindDeleteItemAction:
		return v.manager.GetDeleteItemAction(name)
	case common.PluginKindItemBlockAction:
		return v.manager.GetItemBlockAction(name)
	case common.PluginKindObjectStore:
		return v.manager.GetObjectStore(name)
	default:
		return v.manager.GetVolumeSnapshotter(name)
	}
}

// ---- go-plugin's
type direct struct {
	client   *plugin.Client
	protocol plugin.ClientProtocol
}

func open(path string, mtls bool, log *logrus.Logger) (*direct, error) {
	named := common.ClientLogger(log)
	d := &direct{client: plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig:  framework.Handshake(),
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		AutoMTLS:         mtls,
		Plugins: map[string]plugin.Plugin{
			string(common.PluginKindBackupItemAction):    framework.NewBackupItemActionPlugin(named),
			string(common.PluginKindBackupItemActionV2):  biav2fw.NewBackupItemActionPlugin(named),
			string(common.PluginKindRestoreItemAction):   framework.NewRestoreItemActionPlugin(named),
			string(common.PluginKindRestoreItemActionV2): riav2fw.NewRestoreItemActionPlugin(named),
			string(common.PluginKindDeleteItemAction):    framework.NewDeleteItemActionPlugin(named),
			string(common.PluginKindItemBlockAction):     ibav1fw.NewItemBlockActionPlugin(named),
			string(common.PluginKindObjectStore):         framework.NewObjectStorePlugin(named),
			string(common.PluginKindVolumeSnapshotter):   framework.NewVolumeSnapshotterPlugin(named),
			string(common.PluginKindPluginLister):        &framework.PluginListerPlugin{},
		},
		Logger: hclog.New(&hclog.LoggerOptions{Output: log.Out, Level: hclog.Debug, JSONFormat: true}),
		Cmd:    exec.Command(path),
	})}
	var err error
	d.protocol, err = d.client.Client()
	return d, err
}

func (d *direct) list() ([]framework.PluginIdentifier, error) {
	lister, err := d.protocol.Dispense(string(common.PluginKindPluginLister))
	if err != nil {
		return nil, err
	}
	ids, err := lister.(framework.PluginLister).ListPlugins()
	return sorted(ids), err
}

func (d *direct) get(kind common.PluginKind, name string) (any, error) {
	dispensed, err := d.protocol.Dispense(string(kind))
	if err != nil {
		return nil, err
	}
	dispenser, ok := dispensed.(common.ClientDispenser)
	if !ok {
		return nil, errors.Errorf("%T is no dispenser", dispensed)
	}
	return dispenser.ClientFor(name), nil
}
