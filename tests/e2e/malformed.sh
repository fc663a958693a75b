# malformed.sh -- malformed files among good ones: place of each mistake, the others are whole, PartiallyFailed.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
items 20 && items 20 good
printf '{"apiVersion":"v1",\n "kind":"ConfigMap",\n "metadata":{"name":"x" "namespace":"y"}}' >in/a-broken.json
printf '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"cut"' >in/b-cut.json
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n\tnamespace: y\n' >in/c-tab.yaml
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n  twice: a\n  twice: b\n' >in/d-twice.yaml
printf '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","name":"b"}}' >in/e-twice.json
printf '\377\376\000' >in/f-utf16.json
: >in/g-empty.json
printf '[1,2]' >in/h-array.json
printf '{"apiVersion":"v1","metadata":{"name":"no-kind"}}' >in/i-kindless.json
printf '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"../../escape","namespace":"shop"}}' >in/j-path.json
printf '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"namespace":"shop"}}' >in/k-nameless.json
printf '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"utf","namespace":"shop"},"data":{"x":"\377"}}' >in/l-utf8.json
python3 -c 'print("{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"deep\",\"namespace\":\"shop\"},\"x\":" + "[" * 100000 + "]" * 100000 + "}")' >in/m-deep.json
printf 'a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]\ne: &e [*d, *d, *d, *d, *d, *d, *d, *d]\nf: &f [*e, *e, *e, *e, *e, *e, *e]\ng: &g [*f, *f, *f, *f, *f]\nh: [*g, *g, *g, *g, *g, *g, *g, *g, *g]\n' >in/n-laughs.yaml
mkfifo in/o-fifo.json
ln -s /nowhere in/p-dangling.json
run "$PINTLE" backup create b1 --from in
expect_status 3
expect_err a-broken.json:3:25
expect_within 20
expect_clean
compare good "$store/backups/b1/b1.tar.gz"
log_of backup b1
grep level=error log >errors
missing=
for place in a-broken.json:3:25 b-cut.json:1: c-tab.yaml:5:1 d-twice.yaml:6:3 e-twice.json:1: f-utf16.json:1:1 g-empty.json h-array.json:1:1 \
  i-kindless.json j-path.json k-nameless.json l-utf8.json:1: m-deep.json:1: n-laughs.yaml: o-fifo.json p-dangling.json; do
  grep -qF "in/$place" log || missing="$missing in/$place"
done
[ -z "$missing" ] || fail "no message has these places:$missing"
for place in a-broken b-cut c-tab d-twice e-twice f-utf16 j-path l-utf8 m-deep n-laughs; do grep -qF "in/$place" errors || fail "in/$place is no error"; done
run "$PINTLE" backup get b1 -o json
expect_out PartiallyFailed
pass
