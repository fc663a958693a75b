// theirs.go -- Velero's actions behind one door, their clients answering from the case.  SPDX-License-Identifier: Apache-2.0
package main

import (
	"context"
	"encoding/json"
	"io"

	"github.com/sirupsen/logrus"
	v1 "github.com/vmware-tanzu/velero/pkg/apis/velero/v1"
	backup "github.com/vmware-tanzu/velero/pkg/backup/actions"
	"github.com/vmware-tanzu/velero/pkg/client"
	"github.com/vmware-tanzu/velero/pkg/discovery"
	block "github.com/vmware-tanzu/velero/pkg/itemblock/actions"
	"github.com/vmware-tanzu/velero/pkg/plugin/velero"
	restore "github.com/vmware-tanzu/velero/pkg/restore/actions"
	"github.com/vmware-tanzu/velero/pkg/util/actionhelpers"
	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	rbac "k8s.io/api/rbac/v1"
	apiext "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	crclient "sigs.k8s.io/controller-runtime/pkg/client"
)

func silent() logrus.FieldLogger {
	l := logrus.New()
	l.SetOutput(io.Discard)
	return l
}

func into(from object, to any) {
	if err := json.Unmarshal(marshal(from), to); err != nil {
		panic(err)
	}
}

type onBackup interface {
	Execute(runtime.Unstructured, *v1.Backup) (runtime.Unstructured, []velero.ResourceIdentifier, error)
}
type onRestore interface {
	Execute(*velero.RestoreItemActionExecuteInput) (*velero.RestoreItemActionExecuteOutput, error)
}
type onBlock interface {
	GetRelatedItems(runtime.Unstructured, *v1.Backup) ([]velero.ResourceIdentifier, error)
}

func item(o object) *unstructured.Unstructured { return &unstructured.Unstructured{Object: o} }

func ofBackup(a func(input) onBackup) func(input) (output, error) {
	return func(in input) (output, error) {
		var b v1.Backup
		into(in.Run, &b)
		updated, ids, err := a(in).Execute(item(in.Item), &b)
		if err != nil {
			return output{}, err
		}
		return output{Item: updated.UnstructuredContent(), Related: relatedOf(ids)}, nil
	}
}

func ofRestore(a func(input) onRestore) func(input) (output, error) {
	return func(in input) (output, error) {
		var r v1.Restore
		into(in.Run, &r)
		given := &velero.RestoreItemActionExecuteInput{Item: item(in.Item), ItemFromBackup: item(in.Stored), Restore: &r}
		o, err := a(in).Execute(given)
		if err != nil {
			return output{}, err
		}
		skip := ""
		if o.SkipRestore {
			skip = "yes"
		}
		return output{Item: o.UpdatedItem.UnstructuredContent(), Related: relatedOf(o.AdditionalItems), Skip: skip}, nil
	}
}

func ofBlock(a func(input) onBlock) func(input) (output, error) {
	return func(in input) (output, error) {
		var b v1.Backup
		into(in.Run, &b)
		ids, err := a(in).GetRelatedItems(item(in.Item), &b)
		return output{Item: in.Item, Related: relatedOf(ids)}, err
	}
}

// What Velero's clients are asked for, from the case's objects.
type cluster struct {
	crclient.Client
	objects []object
}

func (c cluster) List(_ context.Context, list crclient.ObjectList, options ...crclient.ListOption) error {
	o := crclient.ListOptions{}
	o.ApplyOptions(options)
	kind := ""
	switch list.(type) {
	case *core.PodList:
		kind = "Pod"
	case *core.PersistentVolumeClaimList:
		kind = "PersistentVolumeClaim"
	case *core.ServiceAccountList:
		kind = "ServiceAccount"
	}
	items := []object{}
	for _, x := range c.objects {
		u := item(x)
		if u.GetKind() != kind || (o.Namespace != "" && u.GetNamespace() != o.Namespace) {
			continue
		}
		if o.LabelSelector == nil || o.LabelSelector.Matches(labels.Set(u.GetLabels())) {
			items = append(items, x)
		}
	}
	into(object{"items": items}, list)
	return nil
}

type factory struct {
	client.Factory
	cluster
}

func (f factory) KubebuilderClient() (crclient.Client, error) { return f.cluster, nil }

type served struct{ discovery.Helper }

func (served) APIGroups() []meta.APIGroup {
	return []meta.APIGroup{{Name: rbac.GroupName, PreferredVersion: meta.GroupVersionForDiscovery{Version: "v1"}}}
}

type bindings []object

func (b bindings) List() ([]actionhelpers.ClusterRoleBinding, error) {
	out := []actionhelpers.ClusterRoleBinding{}
	for _, o := range b {
		if o["kind"] == "ClusterRoleBinding" {
			crb := actionhelpers.V1ClusterRoleBinding{}
			into(o, &crb.Crb)
			out = append(out, crb)
		}
	}
	return out, nil
}

func listers(in input) map[string]actionhelpers.ClusterRoleBindingLister {
	return map[string]actionhelpers.ClusterRoleBindingLister{"v1": bindings(in.Objects)}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func actions() []action {
	l := silent()
	pod, claim, account := func() any { return &core.Pod{} }, func() any { return &core.PersistentVolumeClaim{} }, func() any { return &core.ServiceAccount{} }
	r := func(a onRestore) func(input) (output, error) { return ofRestore(func(input) onRestore { return a }) }
	return []action{
		{"backup", "velero.io/pv", (*gen).claim, ofBackup(func(input) onBackup { return backup.NewPVCAction(l) }), claim},
		{"backup", "velero.io/pod", (*gen).pod, ofBackup(func(input) onBackup { return backup.NewPodAction(l) }), pod},
		{"backup", "velero.io/service-account", (*gen).account,
			ofBackup(func(in input) onBackup { return must(backup.NewServiceAccountAction(l, listers(in), served{})) }), account},
		{"restore", "velero.io/add-pvc-from-pod", (*gen).pod, r(restore.NewAddPVCFromPodAction(l)), pod},
		{"restore", "velero.io/admission-webhook-configuration", (*gen).webhooks, r(restore.NewAdmissionWebhookConfigurationAction(l)), nil},
		{"restore", "velero.io/apiservice", (*gen).apiservice, r(restore.NewAPIServiceAction(l)), nil},
		{"restore", "velero.io/cluster-role-bindings", (*gen).binding, r(restore.NewClusterRoleBindingAction(l)), func() any { return &rbac.ClusterRoleBinding{} }},
		{"restore", "velero.io/crd-preserve-fields", (*gen).crd, r(restore.NewCRDV1PreserveUnknownFieldsAction(l)), func() any { return &apiext.CustomResourceDefinition{} }},
		{"restore", "velero.io/init-restore-hook", (*gen).hooked, r(restore.NewInitRestoreHookPodAction(l)), pod},
		{"restore", "velero.io/job", (*gen).job, r(restore.NewJobAction(l)), func() any { return &batch.Job{} }},
		{"restore", "velero.io/pod", (*gen).pod, r(restore.NewPodAction(l)), pod},
		{"restore", "velero.io/pvc", (*gen).claim, r(restore.NewPVCAction(l, nil, nil)), claim},
		{"restore", "velero.io/role-bindings", (*gen).binding, r(restore.NewRoleBindingAction(l)), func() any { return &rbac.RoleBinding{} }},
		{"restore", "velero.io/secret", (*gen).secret,
			ofRestore(func(in input) onRestore { return restore.NewSecretAction(l, cluster{objects: in.Objects}) }), func() any { return &core.Secret{} }},
		{"restore", "velero.io/service", (*gen).service, r(restore.NewServiceAction(l)), func() any { return &core.Service{} }},
		{"restore", "velero.io/service-account", (*gen).account, r(restore.NewServiceAccountAction(l)), account},
		{"block", "velero.io/pod", (*gen).pod, ofBlock(func(input) onBlock { return block.NewPodAction(l) }), pod},
		{"block", "velero.io/pvc", (*gen).claim,
			ofBlock(func(in input) onBlock {
				return must(block.NewPVCAction(factory{cluster: cluster{objects: in.Objects}})(l)).(onBlock)
			}), claim},
		{"block", "velero.io/service-account", (*gen).account,
			ofBlock(func(in input) onBlock { return must(block.NewServiceAccountAction(l, listers(in), served{})) }), account},
	}
}
