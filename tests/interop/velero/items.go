package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/sirupsen/logrus"
	"github.com/vmware-tanzu/velero/pkg/archive"
	"github.com/vmware-tanzu/velero/pkg/util/filesystem"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/yaml"
)

// item is what the extracting process tells about one item of a tarball.
type item struct {
	GroupResource, Namespace, Name string // as Velero's parser has them, from the path
	Twin                           string // the version directory that holds the same bytes
	Text                           []byte
	Object                         *unstructured.Unstructured `json:"-"`
}

const nobody = 65534

// extractAs runs "velero extract" without root's rights: Velero's image has none, and the directories get the modes of the files in them.
func extractAs(tarball io.Reader) []item {
	temp, err := os.MkdirTemp("", "velero-extract")
	must(err)
	defer os.RemoveAll(temp)
	must(os.Chmod(temp, 0o777))
	self := exec.Command("/proc/self/exe", "extract")
	self.Stdin, self.Stderr = tarball, os.Stderr
	self.Env = append(os.Environ(), "TMPDIR="+temp)
	if os.Geteuid() == 0 {
		self.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	out, err := self.Output()
	if err != nil {
		bad("Velero cannot extract the tarball: %v\n%s", err, out)
		return nil
	}
	var all []item
	for decoder := json.NewDecoder(bytes.NewReader(out)); decoder.More(); {
		var i item
		must(decoder.Decode(&i))
		i.Object = &unstructured.Unstructured{}
		must(i.Object.UnmarshalJSON(i.Text))
		all = append(all, i)
	}
	return all
}

// extract does what Velero's restore does with a tarball, and prints an item a line.
func extract() {
	log := logrus.New()
	log.SetOutput(os.Stderr) // a warning of the parser is worth seeing
	fs := filesystem.NewFileSystem()
	dir, err := archive.NewExtractor(log, fs).UnzipAndExtractBackup(os.Stdin)
	must(err)
	parser := archive.NewParser(log, fs)
	resources, err := parser.Parse(dir)
	must(err)
	groups, err := parser.ParseGroupVersions(dir)
	must(err)
	files := map[string]bool{"metadata/version": true}
	out := json.NewEncoder(os.Stdout)
	for groupResource, found := range resources {
		for namespace, names := range found.ItemsByNamespace {
			for _, name := range names {
				path := archive.GetItemFilePath(dir, groupResource, namespace, name)
				object, err := archive.Unmarshal(fs, path)
				if err != nil {
					fmt.Printf("%s: %v\n", strings.TrimPrefix(path, dir), err)
					os.Exit(1)
				}
				mark(files, dir, path)
				text, err := fs.ReadFile(path)
				must(err)
				i := item{GroupResource: groupResource, Namespace: namespace, Name: name, Text: text, Object: object}
				i.Twin = twin(dir, groups[groupResource].PreferredVersion.Version, i)
				mark(files, dir, archive.GetVersionedItemFilePath(dir, groupResource, namespace, name, i.Twin))
				must(out.Encode(i))
			}
		}
	}
	must(filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() && !files[strings.TrimPrefix(path, dir+"/")] {
			fmt.Printf("Velero does not know what to do with %s\n", strings.TrimPrefix(path, dir+"/"))
			os.Exit(1)
		}
		return err
	}))
}

func mark(files map[string]bool, dir, path string) { files[strings.TrimPrefix(path, dir+"/")] = true }

// twin finds the copy that EnableAPIGroupVersions wants: in the version directory of the item's own apiVersion.
func twin(dir, preferred string, i item) string {
	if preferred == "" {
		fmt.Printf("%s has no preferred version\n", i.GroupResource)
		os.Exit(1)
	}
	name := i.Object.GroupVersionKind().Version + "-preferredversion"
	other, err := os.ReadFile(archive.GetVersionedItemFilePath(dir, i.GroupResource, i.Namespace, i.Name, name))
	if err != nil || !bytes.Equal(i.Text, other) {
		fmt.Printf("%s has no twin in %s\n", i.GroupResource+" "+i.Name, name)
		os.Exit(1)
	}
	return name
}

// manifests reads what was backed up, as Kubernetes reads it.
func manifests(dir string) []unstructured.Unstructured {
	var all []unstructured.Unstructured
	must(filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() || strings.HasPrefix(filepath.Base(path), ".") {
			return err
		}
		if ext := filepath.Ext(path); ext != ".json" && ext != ".yaml" && ext != ".yml" {
			return nil
		}
		f, err := os.Open(path)
		must(err)
		defer f.Close()
		for decoder := yaml.NewYAMLOrJSONDecoder(f, 4096); ; {
			var raw json.RawMessage
			if err := decoder.Decode(&raw); err == io.EOF {
				return nil
			} else if err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
			if len(raw) == 0 || string(raw) == "null" {
				continue
			}
			object, _, err := unstructured.UnstructuredJSONScheme.Decode(raw, nil, nil)
			must(err)
			switch o := object.(type) {
			case *unstructured.UnstructuredList:
				all = append(all, o.Items...)
			case *unstructured.Unstructured:
				all = append(all, *o)
			}
		}
	}))
	return all
}

func identity(u *unstructured.Unstructured, namespace string) string {
	return fmt.Sprintf("%s %s/%s", u.GetObjectKind().GroupVersionKind(), namespace, u.GetName())
}

// checkItem compares an item's path with its content.
func checkItem(i item) {
	u := i.Object
	group := schema.ParseGroupResource(i.GroupResource).Group
	if u.GroupVersionKind().Group != group {
		bad("resources/%s holds a %s", i.GroupResource, u.GroupVersionKind())
	}
	if kept, _, cut := strings.Cut(i.Name, "~"); cut {
		if len(u.GetName())+len(".json") <= 255 || !strings.HasPrefix(u.GetName(), kept) {
			bad("resources/%s: %s is named %s", i.GroupResource, i.Name, u.GetName())
		}
	} else if u.GetName() != i.Name {
		bad("resources/%s: %s is named %s", i.GroupResource, i.Name, u.GetName())
	}
	if ns := u.GetNamespace(); ns != i.Namespace && !(ns == "" && i.Namespace == "default") {
		bad("resources/%s: %s is in namespace %q, its path says %q", i.GroupResource, i.Name, ns, i.Namespace)
	}
}
