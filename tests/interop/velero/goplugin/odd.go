// odd.go -- a store and a snapshotter that misbehave in the call that their configuration names.  SPDX-License-Identifier: Apache-2.0
//
// config `in`: init, put, put-part (some of it read), get, get-part (some of it written), exists, list, prefixes, delete, url; id, set-id, info,
// snapshot, volume. config `how`: hang, crash, panic; anything else is an error.
package main

import (
	"io"
	"os"
	"syscall"
	"time"

	"github.com/pkg/errors"
	"k8s.io/apimachinery/pkg/runtime"
)

type odd struct{ in, how string }

func (o *odd) take(config map[string]string) { o.in, o.how = config["in"], config["how"] }

// at is where it happens; nothing does in another call.
func (o *odd) at(call string) error {
	if o.in != call {
		return nil
	}
	switch o.how {
	case "hang":
		time.Sleep(time.Hour)
	case "crash":
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
		time.Sleep(time.Hour)
	case "panic":
		panic("as the configuration says")
	}
	return errors.Errorf("the vendor says no in %s", call)
}

// ---- a store
type oddStore struct {
	store
	odd
}

// part misbehaves once some bytes have passed.
type part struct {
	io.Reader
	o    *odd
	call string
	any  bool
}

func (p *part) Read(to []byte) (int, error) {
	if p.any {
		if err := p.o.at(p.call); err != nil {
			return 0, err
		}
	}
	p.any = true
	return p.Reader.Read(to[:min(len(to), 100)])
}

func (p *part) Close() error { return p.Reader.(io.Closer).Close() }

func (s *oddStore) Init(config map[string]string) error {
	s.take(config)
	if err := s.at("init"); err != nil {
		return err
	}
	return s.store.Init(config)
}

func (s *oddStore) PutObject(bucket, key string, body io.Reader) error {
	if err := s.at("put"); err != nil {
		return err
	}
	if s.in == "put-part" {
		body = &part{Reader: body, o: &s.odd, call: "put-part"}
	}
	return s.store.PutObject(bucket, key, body)
}

func (s *oddStore) GetObject(bucket, key string) (io.ReadCloser, error) {
	if err := s.at("get"); err != nil {
		return nil, err
	}
	body, err := s.store.GetObject(bucket, key)
	if err == nil && s.in == "get-part" {
		body = &part{Reader: body, o: &s.odd, call: "get-part"}
	}
	return body, err
}

func (s *oddStore) ObjectExists(bucket, key string) (bool, error) {
	if err := s.at("exists"); err != nil {
		return false, err
	}
	return s.store.ObjectExists(bucket, key)
}

func (s *oddStore) ListObjects(bucket, prefix string) ([]string, error) {
	if err := s.at("list"); err != nil {
		return nil, err
	}
	return s.store.ListObjects(bucket, prefix)
}

func (s *oddStore) ListCommonPrefixes(bucket, prefix, delimiter string) ([]string, error) {
	if err := s.at("prefixes"); err != nil {
		return nil, err
	}
	return s.store.ListCommonPrefixes(bucket, prefix, delimiter)
}

func (s *oddStore) DeleteObject(bucket, key string) error {
	if err := s.at("delete"); err != nil {
		return err
	}
	return s.store.DeleteObject(bucket, key)
}

func (s *oddStore) CreateSignedURL(bucket, key string, ttl time.Duration) (string, error) {
	if err := s.at("url"); err != nil {
		return "", err
	}
	return s.store.CreateSignedURL(bucket, key, ttl)
}

// ---- a snapshotter
type oddSnapshotter struct {
	snapshotter
	odd
}

func (s *oddSnapshotter) Init(config map[string]string) error {
	s.take(config)
	if err := s.at("init"); err != nil {
		return err
	}
	return s.snapshotter.Init(config)
}

func (s *oddSnapshotter) GetVolumeID(pv runtime.Unstructured) (string, error) {
	if err := s.at("id"); err != nil {
		return "", err
	}
	return s.snapshotter.GetVolumeID(pv)
}

func (s *oddSnapshotter) SetVolumeID(pv runtime.Unstructured, id string) (runtime.Unstructured, error) {
	if err := s.at("set-id"); err != nil {
		return nil, err
	}
	return s.snapshotter.SetVolumeID(pv, id)
}

func (s *oddSnapshotter) GetVolumeInfo(id, az string) (string, *int64, error) {
	if err := s.at("info"); err != nil {
		return "", nil, err
	}
	return s.snapshotter.GetVolumeInfo(id, az)
}

func (s *oddSnapshotter) CreateSnapshot(id, az string, tags map[string]string) (string, error) {
	if err := s.at("snapshot"); err != nil {
		return "", err
	}
	return s.snapshotter.CreateSnapshot(id, az, tags)
}

func (s *oddSnapshotter) CreateVolumeFromSnapshot(id, kind, az string, iops *int64) (string, error) {
	if err := s.at("volume"); err != nil {
		return "", err
	}
	return s.snapshotter.CreateVolumeFromSnapshot(id, kind, az, iops)
}

func (s *oddSnapshotter) DeleteSnapshot(id string) error {
	if err := s.at("delete"); err != nil {
		return err
	}
	return s.snapshotter.DeleteSnapshot(id)
}
