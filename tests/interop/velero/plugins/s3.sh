#!/bin/sh
# s3.sh PINTLE PLUGINS -- Velero's client, the drop-in and s3.so against versitygw, with the location that plugins/s3/README.md begins with.
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh" "$1"
. "$interop/s3/gateway.sh"
fixtures=$(realpath "$2")
start_gateway backups
trap 'stop_gateway; for p in $(ours); do kill -9 "$p" 2>/dev/null || :; done; rm -rf "$work"' EXIT
PLUGINS=$work
cp "$fixtures/s3.so" "$work/"
drop_in s3
# The page's own example: a chain file that gives s3 the name of Velero's plugin.
sed -n '/^```yaml/,/^```$/p' "$interop/../../plugins/s3/README.md" | sed '/^```/d' >page.yaml
sed -n '/^kind: PluginChain/,$p' page.yaml | sed '1i apiVersion: pintle.io/v1alpha1' >plugins/pintle.yaml
grep -q 'velero.io/aws: pintle.io/s3' plugins/pintle.yaml || fail "the page has no alias any more"
printf '[default]\naws_access_key_id = AKIAPINTLE\naws_secret_access_key = very/secret+key\n' >credentials
sed 's/very/merely/' credentials >wrong
export URL="$url" CREDENTIALS="$work/run/credentials" WRONG="$work/run/wrong"
for NAME in velero.io/aws pintle.io/s3; do
  export NAME
  (play s3 plugins) >signed || { cat signed && exit 1; }
  head -1 signed
  python3 - "$(tail -1 signed)" <<'END' || fail "the signed URL does not work: $(tail -1 signed)"
import json, sys, urllib.request
url = json.loads(sys.argv[1])['url']
assert 'X-Amz-Expires=600' in url and urllib.request.urlopen(url).read() == b'text', url
END
  [ "$(cat data/backups/cluster-1/backups/b1/b1-logs.gz)" = text ] || fail "what is stored is not what was put"
  left=$(find data -type f ! -path "data/.vgwlocks/*" ! -name velero-backup.json ! -name b1-logs.gz)
  [ -z "$left" ] || fail "left: $left"
  if grep -e 'secret+key' s3.log; then fail "the secret is in Velero's log"; fi
  rm -rf data/backups/cluster-1
done
stop_gateway
gateway=
left_behind
