#!/bin/sh
# run.sh TEST_ARCHIVE_TAR -- are our tar headers Go's, byte for byte? Exit status 77 (skipped) without Go.  SPDX-License-Identifier: Apache-2.0
set -eu
if ! command -v go >/dev/null 2>&1; then
  echo "skipped: Go is not installed"
  exit 77
fi
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
"$1" --write "$work/sample.tar.gz"
cd "$here"
GOFLAGS=-buildvcs=false GOTOOLCHAIN=local GOPROXY=off go run . "$work/sample.tar.gz"
