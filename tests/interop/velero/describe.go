package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"reflect"
	"strings"

	velerov1 "github.com/vmware-tanzu/velero/pkg/apis/velero/v1"
	"github.com/vmware-tanzu/velero/pkg/cmd/util/output"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// cluster is a server that has nothing but an answer to DownloadRequests: where the store's object is.
type cluster struct {
	client.Client
	url      string
	requests map[string]*velerov1.DownloadRequest
}

func (c *cluster) Create(_ context.Context, object client.Object, _ ...client.CreateOption) error {
	request := object.(*velerov1.DownloadRequest)
	c.requests[request.Name] = request
	return nil
}

func (c *cluster) Get(_ context.Context, key client.ObjectKey, object client.Object, _ ...client.GetOption) error {
	request, is := object.(*velerov1.DownloadRequest)
	if !is {
		return apierrors.NewNotFound(schema.GroupResource{}, key.Name)
	}
	target := c.requests[key.Name].Spec.Target
	tails := map[velerov1.DownloadTargetKind]string{
		velerov1.DownloadTargetKindBackupResourceList:    "-resource-list.json.gz",
		velerov1.DownloadTargetKindBackupVolumeInfos:     "-volumeinfo.json.gz",
		velerov1.DownloadTargetKindBackupVolumeSnapshots: "-volumesnapshots.json.gz",
		velerov1.DownloadTargetKindBackupResults:         "-results.gz",
	}
	request.Status.DownloadURL = c.url + "/" + path.Join("backups", target.Name, target.Name+tails[target.Kind])
	return nil
}

// volumes: the part of the text that speaks of them, without what pintle says of those that were not saved.
func volumes(text string) string {
	_, text, _ = strings.Cut(text, "Backup Volumes:\n")
	for _, end := range []string{"\n  Skipped Volumes:", "\nHooksAttempted:", "\nActions:"} {
		text, _, _ = strings.Cut(text, end)
	}
	return strings.TrimRight(text, "\n")
}

// describe: what `pintle backup describe`, or for text the part of it that is about volumes, or `-o json` printed is what Velero's client prints, but for what pintle adds with --details.
func describe(root, backup, printed string, details bool) {
	d, store := open(root)
	server := httptest.NewServer(http.FileServer(http.Dir(root)))
	defer server.Close()
	b, err := store.GetBackupMetadata(backup)
	must(err)
	var pods []velerov1.PodVolumeBackup
	var wanted, have map[string]any
	must(json.Unmarshal(unzipped(d, "backups/"+backup+"/"+backup+"-podvolumebackups.json.gz"), &pods))
	c := &cluster{url: server.URL, requests: map[string]*velerov1.DownloadRequest{}}
	ours, err := os.ReadFile(printed)
	must(err)
	if ours[0] != '{' {
		text := output.DescribeBackup(context.Background(), c, b, nil, pods, details, false, "")
		if volumes(text) == "" || volumes(text) != volumes(string(ours)) {
			bad("Velero describes the volumes so:\n%s\npintle so:\n%s", volumes(text), volumes(string(ours)))
		}
		return
	}
	theirs := output.DescribeBackupInSF(context.Background(), c, b, nil, pods, details, false, "", "json")
	if !details && theirs != string(ours) {
		bad("Velero describes it so:\n%s\npintle so:\n%s", theirs, bytes.TrimSpace(ours))
	}
	must(json.Unmarshal([]byte(theirs), &wanted))
	must(json.Unmarshal(ours, &have))
	if details {
		delete(have, "actions")
		delete(have, "itemOperations")
		delete(have["status"].(map[string]any)["backupVolumes"].(map[string]any), "skippedVolumes")
	}
	if !reflect.DeepEqual(wanted, have) {
		bad("Velero describes it so:\n%s\npintle so:\n%s", theirs, ours)
	}
}
