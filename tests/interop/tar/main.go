// main.go -- has Go's archive/tar write the entries of a tarball again and compares every byte.  SPDX-License-Identifier: Apache-2.0
package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
)

func check(file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	gz, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	ours, err := io.ReadAll(gz)
	if err != nil {
		return err
	}
	var theirs bytes.Buffer
	r, w, n := tar.NewReader(bytes.NewReader(ours)), tar.NewWriter(&theirs), 0
	for ; ; n++ {
		h, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return fmt.Errorf("entry %d: %w", n, err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			return fmt.Errorf("%s: %w", h.Name, err)
		}
		// what Velero fills in, and nothing else
		again := &tar.Header{Name: h.Name, Size: int64(len(body)), Typeflag: tar.TypeReg, Mode: 0755, ModTime: h.ModTime}
		before := theirs.Len()
		if err := w.WriteHeader(again); err != nil {
			return err
		}
		if _, err := w.Write(body); err != nil {
			return err
		}
		if err := w.Flush(); err != nil {
			return err
		}
		if end := theirs.Len(); end > len(ours) || !bytes.Equal(ours[before:end], theirs.Bytes()[before:end]) {
			return fmt.Errorf("%q is not written as Go writes it", h.Name)
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	if !bytes.Equal(ours, theirs.Bytes()) {
		return fmt.Errorf("the archives end differently")
	}
	fmt.Printf("%s: %d entries, %d bytes, as Go writes them\n", file, n, len(ours))
	return nil
}

func main() {
	for _, file := range os.Args[1:] {
		if err := check(file); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", file, err)
			os.Exit(1)
		}
	}
}
