package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/sirupsen/logrus"
	velerov1 "github.com/vmware-tanzu/velero/pkg/apis/velero/v1"
	"github.com/vmware-tanzu/velero/pkg/cmd/server/config"
	"github.com/vmware-tanzu/velero/pkg/plugin/velero"
	riav1 "github.com/vmware-tanzu/velero/pkg/plugin/velero/restoreitemaction/v1"
	riav2 "github.com/vmware-tanzu/velero/pkg/plugin/velero/restoreitemaction/v2"
	veleror "github.com/vmware-tanzu/velero/pkg/restore"
	"github.com/vmware-tanzu/velero/pkg/restore/actions"
	"github.com/vmware-tanzu/velero/pkg/util/kube"
	"github.com/vmware-tanzu/velero/pkg/util/results"
	"sigs.k8s.io/yaml"
)

type asRestoreV2 struct {
	riav1.RestoreItemAction
	name string
}

func (a asRestoreV2) Name() string { return a.name }
func (a asRestoreV2) Progress(string, *velerov1.Restore) (velero.OperationProgress, error) {
	return velero.OperationProgress{}, nil
}
func (a asRestoreV2) Cancel(string, *velerov1.Restore) error { return nil }
func (a asRestoreV2) AreAdditionalItemsReady([]velero.ResourceIdentifier, *velerov1.Restore) (bool, error) {
	return true, nil
}

// zero gives a pointer whose type is not ours to name.
func zero[T any](p **T) { *p = new(T) }

func tell(what string, r results.Result) {
	for _, m := range r.Velero {
		fmt.Printf("%s: velero: %s\n", what, m)
	}
	for _, m := range r.Cluster {
		fmt.Printf("%s: cluster: %s\n", what, m)
	}
	for ns, all := range r.Namespaces {
		for _, m := range all {
			fmt.Printf("%s: %s: %s\n", what, ns, m)
		}
	}
}

// restore does what Velero's restore controller does, with the built-in actions that pintle has as well.
func restore(root, name, resource, dir, manifestDir string) {
	text, err := os.ReadFile(resource)
	must(err)
	r := &velerov1.Restore{}
	must(yaml.UnmarshalStrict(text, r))
	r.Spec.ExcludedResources = append(r.Spec.ExcludedResources, veleroExcludes...)
	log := logrus.New()
	log.Out = io.Discard
	if os.Getenv("ENGINE_LOG") != "" {
		log.Out = os.Stderr
	}
	store := openStore(root)
	metadata, err := store.GetBackupMetadata(name)
	must(err)
	contents, err := store.GetBackupContents(name)
	must(err)
	c := newCluster(manifestDir, log)
	must(c.kb.Create(context.Background(), r.DeepCopy()))
	req := &veleror.Request{Restore: r, Log: log, Backup: metadata, BackupReader: contents, DisableInformerCache: true,
		ResourceDeletionStatusTracker: kube.NewResourceDeletionStatusTracker()}
	zero(&req.RestoreVolumeInfoTracker)
	engine, err := veleror.NewKubernetesRestorer(c.discovery, c.factory, config.GetDefaultConfig().RestoreResourcePriorities,
		c.kube.CoreV1().Namespaces(), nil, time.Minute, time.Minute, time.Minute, log, nil, nil, nil, c.kb, nil)
	must(err)
	warnings, errors := engine.Restore(req, []riav2.RestoreItemAction{
		asRestoreV2{actions.NewAddPVCFromPodAction(log), "velero.io/add-pvc-from-pod"},
		asRestoreV2{actions.NewAdmissionWebhookConfigurationAction(log), "velero.io/admission-webhook-configuration"},
		asRestoreV2{actions.NewAPIServiceAction(log), "velero.io/apiservice"},
		asRestoreV2{actions.NewClusterRoleBindingAction(log), "velero.io/cluster-role-bindings"},
		asRestoreV2{actions.NewCRDV1PreserveUnknownFieldsAction(log), "velero.io/crd-preserve-fields"},
		asRestoreV2{actions.NewJobAction(log), "velero.io/job"},
		asRestoreV2{actions.NewPodAction(log), "velero.io/pod"},
		asRestoreV2{actions.NewPVCAction(log, c.kube.CoreV1().ConfigMaps("velero"), c.kube.CoreV1().Nodes()), "velero.io/pvc"},
		asRestoreV2{actions.NewRoleBindingAction(log), "velero.io/role-bindings"},
		asRestoreV2{actions.NewSecretAction(log, c.kb), "velero.io/secret"},
		asRestoreV2{actions.NewServiceAction(log), "velero.io/service"},
		asRestoreV2{actions.NewServiceAccountAction(log), "velero.io/service-account"},
	}, nil)
	tell("warning", warnings)
	tell("error", errors)
	for key, names := range req.RestoredResourceList() {
		for _, n := range names {
			fmt.Printf("%s %s\n", key, n)
		}
	}
	fmt.Printf("Velero's cluster holds %d objects\n", c.dump(dir))
}

// What the server adds to every restore (pkg/controller/restore_controller.go, nonRestorableResources).
var veleroExcludes = []string{"nodes", "events", "events.events.k8s.io", "backups.velero.io", "restores.velero.io", "resticrepositories.velero.io",
	"csinodes.storage.k8s.io", "volumeattachments.storage.k8s.io", "backuprepositories.velero.io"}
