// calls.go -- every call of every kind.  SPDX-License-Identifier: Apache-2.0
//
// NAME is the plugin's; ITEM and RUN are JSON without blanks, or @FILE.
//
//	backup NAME ITEM [RUN]                    backup-v1 NAME ITEM [RUN]
//	restore NAME ITEM [RUN [FROM-BACKUP]]     restore-v1 NAME ITEM [RUN [FROM-BACKUP]]
//	applies backup|backup-v1|restore|restore-v1|delete|block NAME
//	progress backup|restore NAME ID [RUN]     cancel backup|restore NAME ID [RUN]
//	ready NAME RUN RESOURCE.GROUP/NAMESPACE/NAME...
//	delete NAME ITEM [RUN]                    block NAME ITEM [RUN]
//	store NAME init|put|put-bytes|get|get-bytes|exists|list|prefixes|delete|url ...
//	snapshotter NAME init|id|set-id|info|snapshot|volume|delete ...
package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/pkg/errors"
	velerov1 "github.com/vmware-tanzu/velero/pkg/apis/velero/v1"
	"github.com/vmware-tanzu/velero/pkg/plugin/framework/common"
	"github.com/vmware-tanzu/velero/pkg/plugin/velero"
	biav1 "github.com/vmware-tanzu/velero/pkg/plugin/velero/backupitemaction/v1"
	biav2 "github.com/vmware-tanzu/velero/pkg/plugin/velero/backupitemaction/v2"
	ibav1 "github.com/vmware-tanzu/velero/pkg/plugin/velero/itemblockaction/v1"
	riav1 "github.com/vmware-tanzu/velero/pkg/plugin/velero/restoreitemaction/v1"
	riav2 "github.com/vmware-tanzu/velero/pkg/plugin/velero/restoreitemaction/v2"
	vsv1 "github.com/vmware-tanzu/velero/pkg/plugin/velero/volumesnapshotter/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

func get[T any](s *script, kind common.PluginKind, name string) (T, error) {
	got, err := s.plugins.get(kind, name)
	if err != nil {
		var none T
		return none, err
	}
	typed, ok := got.(T)
	if !ok {
		return typed, errors.Errorf("%T is no %s", got, kind)
	}
	return typed, nil
}

func at(call []string, i int, otherwise string) string {
	if i < len(call) {
		return call[i]
	}
	return otherwise
}

func parsed(text string) (*unstructured.Unstructured, error) {
	u := &unstructured.Unstructured{}
	return u, errors.WithStack(json.Unmarshal([]byte(text), &u.Object))
}

func backupOf(text string) (*velerov1.Backup, error) {
	b := &velerov1.Backup{}
	return b, errors.WithStack(json.Unmarshal([]byte(text), b))
}

func restoreOf(text string) (*velerov1.Restore, error) {
	r := &velerov1.Restore{}
	return r, errors.WithStack(json.Unmarshal([]byte(text), r))
}

const aBackup = `{"apiVersion":"velero.io/v1","kind":"Backup","metadata":{"name":"b1","namespace":"velero","uid":"11"},"spec":{}}`
const aRestore = `{"apiVersion":"velero.io/v1","kind":"Restore","metadata":{"name":"r1","namespace":"velero","uid":"22"},"spec":{"backupName":"b1"}}`

func names(ids []velero.ResourceIdentifier) []string {
	var list []string
	for _, i := range ids {
		list = append(list, i.GroupResource.String()+"/"+i.Namespace+"/"+i.Name)
	}
	return list
}

func content(item runtime.Unstructured) any {
	if item == nil {
		return nil
	}
	return item.UnstructuredContent()
}

func (s *script) call(call []string) (any, error) {
	if call[0] == "list" {
		ids, err := s.plugins.list()
		list := []string{}
		for _, id := range ids {
			list = append(list, string(id.Kind)+" "+id.Name)
		}
		return answer{"plugins": list}, err
	}
	if len(call) < 2 {
		return nil, errors.Errorf("%s what?", call[0])
	}
	switch call[0] {
	case "backup", "backup-v1":
		return s.backup(call[0] == "backup-v1", call[1], at(call, 2, "{}"), at(call, 3, aBackup))
	case "restore", "restore-v1":
		return s.restore(call[0] == "restore-v1", call[1], at(call, 2, "{}"), at(call, 3, aRestore), at(call, 4, at(call, 2, "{}")))
	case "applies":
		return s.applies(call[1], at(call, 2, ""))
	case "progress":
		return s.progress(call[1], at(call, 2, ""), at(call, 3, ""), at(call, 4, ""))
	case "cancel":
		return s.cancel(call[1], at(call, 2, ""), at(call, 3, ""), at(call, 4, ""))
	case "ready":
		return s.ready(call[1], at(call, 2, aRestore), call[3:])
	case "delete":
		return s.deletes(call[1], at(call, 2, "{}"), at(call, 3, aBackup))
	case "block":
		return s.block(call[1], at(call, 2, "{}"), at(call, 3, aBackup))
	case "store":
		o, err := get[velero.ObjectStore](s, common.PluginKindObjectStore, call[1])
		if err != nil {
			return nil, err
		}
		return s.store(o, call[2:])
	case "snapshotter":
		v, err := get[vsv1.VolumeSnapshotter](s, common.PluginKindVolumeSnapshotter, call[1])
		if err != nil {
			return nil, err
		}
		return snapshotter(v, call[2:])
	}
	return nil, errors.Errorf("%q is no call", call[0])
}

// ---- items
func (s *script) backup(v1 bool, name, item, run string) (any, error) {
	u, err := parsed(item)
	if err != nil {
		return nil, err
	}
	b, err := backupOf(run)
	if err != nil {
		return nil, err
	}
	if v1 {
		action, err := get[biav1.BackupItemAction](s, common.PluginKindBackupItemAction, name)
		if err != nil {
			return nil, err
		}
		out, additional, err := action.Execute(u, b)
		if err != nil {
			return nil, err
		}
		return answer{"item": content(out), "additional": names(additional)}, nil
	}
	action, err := get[biav2.BackupItemAction](s, common.PluginKindBackupItemActionV2, name)
	if err != nil {
		return nil, err
	}
	out, additional, operation, post, err := action.Execute(u, b)
	if err != nil {
		return nil, err
	}
	return answer{"item": content(out), "additional": names(additional), "operation": operation, "post": names(post)}, nil
}

func (s *script) restore(v1 bool, name, item, run, from string) (any, error) {
	in := velero.RestoreItemActionExecuteInput{}
	u, err := parsed(item)
	if err != nil {
		return nil, err
	}
	was, err := parsed(from)
	if err != nil {
		return nil, err
	}
	if in.Restore, err = restoreOf(run); err != nil {
		return nil, err
	}
	in.Item, in.ItemFromBackup = u, was
	var out *velero.RestoreItemActionExecuteOutput
	if v1 {
		action, err := get[riav1.RestoreItemAction](s, common.PluginKindRestoreItemAction, name)
		if err != nil {
			return nil, err
		}
		out, err = action.Execute(&in)
		if err != nil {
			return nil, err
		}
		return answer{"item": content(out.UpdatedItem), "additional": names(out.AdditionalItems), "skip": out.SkipRestore}, nil
	}
	action, err := get[riav2.RestoreItemAction](s, common.PluginKindRestoreItemActionV2, name)
	if err != nil {
		return nil, err
	}
	if out, err = action.Execute(&in); err != nil {
		return nil, err
	}
	return answer{"item": content(out.UpdatedItem), "additional": names(out.AdditionalItems), "skip": out.SkipRestore,
		"operation": out.OperationID, "wait": out.WaitForAdditionalItems, "timeout": out.AdditionalItemsReadyTimeout.String()}, nil
}

var kindOf = map[string]common.PluginKind{"backup": common.PluginKindBackupItemActionV2, "backup-v1": common.PluginKindBackupItemAction,
	"restore": common.PluginKindRestoreItemActionV2, "restore-v1": common.PluginKindRestoreItemAction,
	"delete": common.PluginKindDeleteItemAction, "block": common.PluginKindItemBlockAction}

func (s *script) applies(kind, name string) (any, error) {
	action, err := get[velero.Applicable](s, kindOf[kind], name)
	if err != nil {
		return nil, err
	}
	r, err := action.AppliesTo()
	return answer{"namespaces": r.IncludedNamespaces, "-namespaces": r.ExcludedNamespaces, "resources": r.IncludedResources,
		"-resources": r.ExcludedResources, "selector": r.LabelSelector}, err
}

func (s *script) progress(kind, name, id, run string) (any, error) {
	var p velero.OperationProgress
	if kind == "backup" {
		action, err := get[biav2.BackupItemAction](s, kindOf[kind], name)
		if err != nil {
			return nil, err
		}
		b, err := backupOf(either(run, aBackup))
		if err != nil {
			return nil, err
		}
		if p, err = action.Progress(id, b); err != nil {
			return nil, err
		}
	} else {
		action, err := get[riav2.RestoreItemAction](s, kindOf[kind], name)
		if err != nil {
			return nil, err
		}
		r, err := restoreOf(either(run, aRestore))
		if err != nil {
			return nil, err
		}
		if p, err = action.Progress(id, r); err != nil {
			return nil, err
		}
	}
	return answer{"completed": p.Completed, "err": p.Err, "done": p.NCompleted, "total": p.NTotal, "units": p.OperationUnits,
		"description": p.Description, "started": p.Started.UTC().Format(time.RFC3339Nano), "updated": p.Updated.UTC().Format(time.RFC3339Nano)}, nil
}

func either(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

func (s *script) cancel(kind, name, id, run string) (any, error) {
	if kind == "backup" {
		action, err := get[biav2.BackupItemAction](s, kindOf[kind], name)
		if err != nil {
			return nil, err
		}
		b, err := backupOf(either(run, aBackup))
		if err != nil {
			return nil, err
		}
		return answer{}, action.Cancel(id, b)
	}
	action, err := get[riav2.RestoreItemAction](s, kindOf[kind], name)
	if err != nil {
		return nil, err
	}
	r, err := restoreOf(either(run, aRestore))
	if err != nil {
		return nil, err
	}
	return answer{}, action.Cancel(id, r)
}

func (s *script) ready(name, run string, items []string) (any, error) {
	action, err := get[riav2.RestoreItemAction](s, common.PluginKindRestoreItemActionV2, name)
	if err != nil {
		return nil, err
	}
	r, err := restoreOf(either(strings.TrimPrefix(run, "-"), aRestore))
	if err != nil {
		return nil, err
	}
	var ids []velero.ResourceIdentifier
	for _, one := range items {
		part := strings.SplitN(one, "/", 3)
		ids = append(ids, velero.ResourceIdentifier{GroupResource: schema.ParseGroupResource(part[0]), Namespace: part[1], Name: part[2]})
	}
	ready, err := action.AreAdditionalItemsReady(ids, r)
	return answer{"ready": ready}, err
}

func (s *script) deletes(name, item, run string) (any, error) {
	action, err := get[velero.DeleteItemAction](s, common.PluginKindDeleteItemAction, name)
	if err != nil {
		return nil, err
	}
	u, err := parsed(item)
	if err != nil {
		return nil, err
	}
	b, err := backupOf(run)
	if err != nil {
		return nil, err
	}
	return answer{}, action.Execute(&velero.DeleteItemActionExecuteInput{Item: u, Backup: b})
}

func (s *script) block(name, item, run string) (any, error) {
	action, err := get[ibav1.ItemBlockAction](s, common.PluginKindItemBlockAction, name)
	if err != nil {
		return nil, err
	}
	u, err := parsed(item)
	if err != nil {
		return nil, err
	}
	b, err := backupOf(run)
	if err != nil {
		return nil, err
	}
	ids, err := action.GetRelatedItems(u, b)
	return answer{"related": names(ids)}, err
}

// ---- stores
func pairs(list []string) map[string]string {
	m := map[string]string{}
	for _, one := range list {
		key, value, _ := strings.Cut(one, "=")
		m[key] = value
	}
	return m
}

// bytesOf makes n bytes, other ones at each place.
func bytesOf(n int64) io.Reader { return io.LimitReader(&making{}, n) }

type making struct{ at uint64 }

func (m *making) Read(p []byte) (int, error) {
	for i := range p {
		x := m.at * 0x9e3779b97f4a7c15
		p[i] = byte(x >> 56)
		m.at++
	}
	return len(p), nil
}

type breaking struct {
	r    io.Reader
	left int64
}

func (b *breaking) Read(p []byte) (int, error) {
	n, err := b.r.Read(p[:min(int64(len(p)), 4096)])
	if b.left -= int64(n); b.left < 0 {
		return 0, errors.New("the source is gone")
	}
	return n, err
}

func (s *script) store(o velero.ObjectStore, call []string) (any, error) {
	if len(call) == 0 || (call[0] != "init" && len(call) < 2) {
		return nil, errors.New("store NAME CALL BUCKET ...")
	}
	bucket, key := at(call, 1, ""), at(call, 2, "")
	switch call[0] {
	case "init":
		return answer{}, o.Init(pairs(call[1:]))
	case "put":
		return answer{}, o.PutObject(bucket, key, strings.NewReader(at(call, 3, "")))
	case "put-file":
		f, err := os.Open(at(call, 3, ""))
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return answer{}, o.PutObject(bucket, key, f)
	case "put-bytes", "put-broken": // so many bytes that are the same in each run; the source breaks in the middle
		n, err := strconv.ParseInt(at(call, 3, ""), 10, 64)
		if err != nil {
			return nil, err
		}
		hash := sha256.New()
		var body io.Reader = io.TeeReader(bytesOf(n), hash)
		if call[0] == "put-broken" {
			body = &breaking{body, n / 2}
		}
		if err := o.PutObject(bucket, key, body); err != nil {
			return nil, err
		}
		return answer{"bytes": n, "sha256": hex.EncodeToString(hash.Sum(nil))}, nil
	case "get", "get-bytes", "get-part":
		r, err := o.GetObject(bucket, key)
		if err != nil {
			return nil, err
		}
		defer r.Close()
		if call[0] == "get" {
			text, err := io.ReadAll(r)
			return answer{"text": string(text)}, err
		}
		if call[0] == "get-part" { // and the rest is not wanted
			text := make([]byte, 100)
			_, err := io.ReadFull(r, text)
			return answer{"text": string(text)}, err
		}
		hash := sha256.New()
		n, err := io.CopyBuffer(hash, struct{ io.Reader }{r}, make([]byte, 64<<10))
		return answer{"bytes": n, "sha256": hex.EncodeToString(hash.Sum(nil))}, err
	case "exists":
		exists, err := o.ObjectExists(bucket, key)
		return answer{"exists": exists}, err
	case "list":
		keys, err := o.ListObjects(bucket, key)
		return answer{"keys": keys}, err
	case "prefixes":
		found, err := o.ListCommonPrefixes(bucket, strings.TrimPrefix(key, "-"), at(call, 3, "/"))
		return answer{"prefixes": found}, err
	case "delete":
		return answer{}, o.DeleteObject(bucket, key)
	case "url":
		ttl, err := time.ParseDuration(at(call, 3, "1m"))
		if err != nil {
			return nil, err
		}
		url, err := o.CreateSignedURL(bucket, key, ttl)
		return answer{"url": url}, err
	}
	return nil, errors.Errorf("store: %q is no call", call[0])
}

// ---- snapshotters
func snapshotter(v vsv1.VolumeSnapshotter, call []string) (any, error) {
	if len(call) == 0 {
		return nil, errors.New("snapshotter NAME CALL ...")
	}
	one, two, three := at(call, 1, ""), at(call, 2, ""), at(call, 3, "")
	switch call[0] {
	case "init":
		return answer{}, v.Init(pairs(call[1:]))
	case "id", "set-id":
		pv, err := parsed(one)
		if err != nil {
			return nil, err
		}
		if call[0] == "id" {
			id, err := v.GetVolumeID(pv)
			return answer{"id": id}, err
		}
		out, err := v.SetVolumeID(pv, two)
		if err != nil {
			return nil, err
		}
		return answer{"item": content(out)}, nil
	case "info":
		kind, iops, err := v.GetVolumeInfo(one, two)
		return answer{"type": kind, "iops": iops}, err
	case "snapshot":
		id, err := v.CreateSnapshot(one, two, pairs(call[min(3, len(call)):]))
		return answer{"id": id}, err
	case "volume":
		var iops *int64
		if n, err := strconv.ParseInt(at(call, 4, ""), 10, 64); err == nil {
			iops = &n
		}
		id, err := v.CreateVolumeFromSnapshot(one, two, three, iops)
		return answer{"id": id}, err
	case "delete":
		return answer{}, v.DeleteSnapshot(one)
	}
	return nil, errors.Errorf("snapshotter: %q is no call", call[0])
}
