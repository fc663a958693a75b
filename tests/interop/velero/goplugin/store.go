// store.go -- object stores: a directory, and one that discards and makes bytes.  SPDX-License-Identifier: Apache-2.0
package main

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/pkg/errors"
	"github.com/sirupsen/logrus"
)

// ---- a directory; a bucket is a directory in it
type store struct {
	log  logrus.FieldLogger
	root string
}

func (s *store) Init(config map[string]string) error {
	s.root = config["root"]
	if !filepath.IsAbs(s.root) {
		return errors.New("root: the directory must be absolute")
	}
	s.log.WithField("root", s.root).Info("a store")
	return os.MkdirAll(s.root, 0o700)
}

func (s *store) path(bucket, key string) string { return filepath.Join(s.root, bucket, key) }

func (s *store) PutObject(bucket, key string, body io.Reader) error {
	path := s.path(bucket, key)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return errors.WithStack(err)
	}
	f, err := os.Create(path + ".part")
	if err != nil {
		return errors.WithStack(err)
	}
	_, err = io.Copy(f, body)
	f.Close()
	if err != nil {
		os.Remove(path + ".part")
		return errors.WithStack(err)
	}
	return errors.WithStack(os.Rename(path+".part", path))
}

func (s *store) ObjectExists(bucket, key string) (bool, error) {
	_, err := os.Stat(s.path(bucket, key))
	if os.IsNotExist(err) {
		return false, nil
	}
	return err == nil, errors.WithStack(err)
}

func (s *store) GetObject(bucket, key string) (io.ReadCloser, error) {
	f, err := os.Open(s.path(bucket, key))
	return f, errors.WithStack(err)
}

func (s *store) ListObjects(bucket, prefix string) ([]string, error) {
	var keys []string
	err := filepath.WalkDir(s.path(bucket, ""), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		key, err := filepath.Rel(s.path(bucket, ""), path)
		if strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
		return err
	})
	if os.IsNotExist(err) {
		return nil, nil
	}
	sort.Strings(keys)
	return keys, errors.WithStack(err)
}

func (s *store) ListCommonPrefixes(bucket, prefix, delimiter string) ([]string, error) {
	keys, err := s.ListObjects(bucket, prefix)
	var found []string
	for _, key := range keys {
		below, _, ok := strings.Cut(key[len(prefix):], delimiter)
		one := prefix + below + delimiter
		if ok && (len(found) == 0 || found[len(found)-1] != one) {
			found = append(found, one)
		}
	}
	return found, err
}

func (s *store) DeleteObject(bucket, key string) error {
	if err := os.Remove(s.path(bucket, key)); err != nil && !os.IsNotExist(err) {
		return errors.WithStack(err)
	}
	return nil
}

func (s *store) CreateSignedURL(bucket, key string, ttl time.Duration) (string, error) {
	return fmt.Sprintf("file://%s?ttl=%d", s.path(bucket, key), ttl/time.Second), nil
}

// ---- neither keeps nor has anything: an object "bytes-N" has N bytes, whoever puts or gets it
type null struct{}

var piece = bytes.Repeat([]byte("pintle, and 16 "), 70000)

func length(key string) (int64, error) {
	return strconv.ParseInt(strings.TrimPrefix(filepath.Base(key), "bytes-"), 10, 64)
}

type endless struct{ at int }

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, piece[e.at:])
	e.at = (e.at + n) % len(piece)
	return n, nil
}

type sink struct{ n int64 }

func (s *sink) Write(p []byte) (int, error) {
	s.n += int64(len(p))
	return len(p), nil
}

func (null) Init(map[string]string) error { return nil }
func (null) PutObject(_, key string, body io.Reader) error {
	var to sink
	_, err := io.Copy(&to, body)
	if n, bad := length(key); err == nil && bad == nil && n != to.n {
		err = errors.Errorf("%d bytes came", to.n)
	}
	return err
}
func (null) GetObject(_, key string) (io.ReadCloser, error) {
	n, err := length(key)
	if err != nil {
		return nil, errors.WithStack(err)
	}
	return io.NopCloser(io.LimitReader(&endless{}, n)), nil
}
func (null) ObjectExists(_, _ string) (bool, error)                       { return true, nil }
func (null) ListObjects(_, _ string) ([]string, error)                    { return nil, nil }
func (null) ListCommonPrefixes(_, _, _ string) ([]string, error)          { return nil, nil }
func (null) DeleteObject(_, _ string) error                               { return nil }
func (null) CreateSignedURL(_, _ string, _ time.Duration) (string, error) { return "", nil }
