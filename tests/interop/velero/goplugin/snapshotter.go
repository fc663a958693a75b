// snapshotter.go -- a VolumeSnapshotter without a vendor; its answers are those of tests/plugins/run_snapshotter.c.
// SPDX-License-Identifier: Apache-2.0
package main

import (
	"fmt"
	"os"
	"sort"
	"strings"
	"time"

	"github.com/pkg/errors"
	"github.com/sirupsen/logrus"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

type snapshotter struct {
	log   logrus.FieldLogger
	calls string
}

// told writes each call as a line to the file that the config `calls` names.
func (s *snapshotter) told(format string, args ...any) {
	if s.calls == "" {
		return
	}
	if f, err := os.OpenFile(s.calls, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644); err == nil {
		fmt.Fprintf(f, format+"\n", args...)
		f.Close()
	}
}

func (s *snapshotter) Init(config map[string]string) error {
	s.calls = config["calls"]
	if config["refuse"] != "" {
		return errors.Errorf("refused: %s", config["refuse"])
	}
	return nil
}

func (s *snapshotter) GetVolumeID(pv runtime.Unstructured) (string, error) {
	handle, _, _ := unstructured.NestedString(pv.UnstructuredContent(), "spec", "csi", "volumeHandle")
	s.told("get_volume_id %s", handle)
	if handle == "unreadable" {
		return "", errors.New("the vendor is asleep")
	}
	return handle, nil
}

func (s *snapshotter) SetVolumeID(pv runtime.Unstructured, id string) (runtime.Unstructured, error) {
	u := &unstructured.Unstructured{Object: pv.UnstructuredContent()}
	s.told("set_volume_id %s %s", u.GetName(), id)
	if id == "refused" {
		return nil, errors.New("it is attached")
	}
	return u, unstructured.SetNestedField(u.Object, id, "spec", "csi", "volumeHandle")
}

func (s *snapshotter) GetVolumeInfo(id, az string) (string, *int64, error) {
	s.told("get_volume_info %s az=%s", id, az)
	switch id {
	case "gone":
		return "", nil, errors.Errorf("no volume %s", id)
	case "fast":
		iops := int64(3000)
		return "gp3", &iops, nil
	}
	return "gp3", nil, nil
}

func (s *snapshotter) CreateSnapshot(id, az string, tags map[string]string) (string, error) {
	list := []string{"snap", id, az}
	for key, value := range tags {
		list = append(list, key+"="+value)
	}
	sort.Strings(list[3:])
	s.told("create_snapshot %s az=%s %s", id, az, strings.Join(list[3:], " "))
	switch id {
	case "fails":
		return "", errors.New("no snapshots today")
	case "dies":
		os.Exit(9)
	case "hangs":
		time.Sleep(time.Hour)
	}
	return strings.Join(list, "-"), nil
}

func (s *snapshotter) CreateVolumeFromSnapshot(id, kind, az string, iops *int64) (string, error) {
	n := int64(-1)
	if iops != nil {
		n = *iops
	}
	s.told("create_volume_from_snapshot %s type=%s az=%s iops=%d", id, kind, az, n)
	if strings.Contains(id, "lost") {
		return "", errors.Errorf("no snapshot %s", id)
	}
	return fmt.Sprintf("vol-%s-%s-%s-%d", id, kind, az, n), nil
}

func (s *snapshotter) DeleteSnapshot(id string) error {
	s.told("delete_snapshot %s", id)
	if strings.Contains(id, "held") {
		return errors.New("it is held")
	}
	return nil
}
