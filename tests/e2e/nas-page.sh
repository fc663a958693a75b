# nas-page.sh -- the example of driver fingerprint on plugins/nas' page works; the page and the plugin have the same keys.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
. "$here/nas-share.sh"
page=$here/../../plugins/nas/README.md
make_share && mkdir store
head -c 32 /dev/urandom >key
awk '/^## / { on = /Driver fingerprint/ } on && /^```yaml$/ { block = 1; next } /^```$/ { block = 0 } block' "$page" >page.yaml
sed -e "s,/mnt/,$work/,; s,/etc/pintle/share.key,$work/key," page.yaml >pintle.yaml
sed -i 's/server: files, /server: files.example.com, /; s/, annotations: {[^}]*}//' in/items.yaml
mkdir store/shares
list_share "$share" share.list
run "$PINTLE" backup create b1 --from in
expect_status 0
store=$work/store/shares
[ -n "$(ls "$(repository)/keys")" ] || fail "it is not encrypted"
run "$PINTLE" restore create r1 --from-backup b1 --to to
expect_status 0
expect_restored share.list
run "$PINTLE" plugin inspect nas -o json
expect_status 0
grep -o '"fingerprint[A-Za-z]*"' out | tr -d '"' | sort -u >plugin.keys
awk '/^## / { on = /Driver fingerprint/ } on && /^\|/' "$page" | sed 's/^|\([^|]*\)|.*/\1/' | grep -o 'fingerprint[A-Za-z]*' | sort -u >page.keys
[ -s page.keys ] || fail "the page has no keys"
diff plugin.keys page.keys >out || fail "the page's keys are not the plugin's"
pass
