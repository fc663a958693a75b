package main

import (
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"github.com/sirupsen/logrus"
	velerov1 "github.com/vmware-tanzu/velero/pkg/apis/velero/v1"
	"github.com/vmware-tanzu/velero/pkg/persistence"
	"github.com/vmware-tanzu/velero/pkg/plugin/velero"
)

// directory is an ObjectStore over the directory of pintle.io/file; the bucket is the directory itself.
type directory struct{ root string }

var _ velero.ObjectStore = &directory{}

func (d *directory) path(key string) string       { return filepath.Join(d.root, filepath.FromSlash(key)) }
func (d *directory) Init(map[string]string) error { return nil }

func (d *directory) PutObject(_, key string, body io.Reader) error {
	if err := os.MkdirAll(filepath.Dir(d.path(key)), 0o755); err != nil {
		return err
	}
	data, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	return os.WriteFile(d.path(key), data, 0o644)
}

func (d *directory) ObjectExists(_, key string) (bool, error) {
	_, err := os.Stat(d.path(key))
	if os.IsNotExist(err) {
		return false, nil
	}
	return err == nil, err
}

func (d *directory) GetObject(_, key string) (io.ReadCloser, error) { return os.Open(d.path(key)) }

func (d *directory) ListObjects(_, prefix string) ([]string, error) {
	var keys []string
	err := filepath.WalkDir(d.root, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		key, err := filepath.Rel(d.root, path)
		if strings.HasPrefix(key, prefix) {
			keys = append(keys, filepath.ToSlash(key))
		}
		return err
	})
	return keys, err
}

func (d *directory) ListCommonPrefixes(bucket, prefix, delimiter string) ([]string, error) {
	keys, err := d.ListObjects(bucket, prefix)
	found := map[string]bool{}
	for _, key := range keys {
		if head, _, ok := strings.Cut(key[len(prefix):], delimiter); ok {
			found[prefix+head+delimiter] = true
		}
	}
	var all []string
	for p := range found {
		all = append(all, p)
	}
	sort.Strings(all)
	return all, err
}

func (d *directory) DeleteObject(_, key string) error { return os.Remove(d.path(key)) }

// The key itself: what a client would download.
func (d *directory) CreateSignedURL(_, key string, _ time.Duration) (string, error) { return key, nil }

type getter struct{ *directory }

func (g getter) GetObjectStore(string) (velero.ObjectStore, error) { return g.directory, nil }

// open is how Velero's controllers come by a backup store.
func open(root string) (*directory, persistence.BackupStore) {
	d := &directory{root}
	location := &velerov1.BackupStorageLocation{}
	location.Name, location.Spec.Provider = "default", "test"
	location.Spec.ObjectStorage = &velerov1.ObjectStorageLocation{Bucket: "bucket"}
	log := logrus.New()
	log.SetOutput(io.Discard)
	store, err := persistence.NewObjectBackupStoreGetter(nil).Get(location, getter{d}, log)
	must(err)
	return d, store
}
