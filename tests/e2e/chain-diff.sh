# chain-diff.sh -- two versions of a plugin on the same items: what differs is told, and how it ended is the exit status.
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
mkdir old new && cp "$PLUGINS/good.so" old/ && cp "$PLUGINS/run_good2.so" new/good.so && items 20
cat >in/secret-7.yaml <<'END'
apiVersion: v1
kind: Secret
metadata: {name: secret-7, namespace: shop}
stringData: {password: hush-hush}
END
run "$PINTLE" chain diff --plugin-dir old --plugin-dir new in
expect_status 1
expect_out "- tests.pintle.io/good  good@1.0" "+ tests.pintle.io/good  good@2.0" "+ tests.pintle.io/more  good@2.0" \
  "~ configmaps shop/item-07   in/item-07.json:1" '/metadata/annotations/tests.pintle.io~1good: "restore" -> "other"' \
  "! configmaps shop/item-03   in/item-03.json:1" "- it comes out" "+ skipped: no longer wanted" "21 items, 4 differ."
expect_not_in out item-08 hush
expect_clean
run "$PINTLE" chain diff --plugin-dir old --plugin-dir old in
expect_status 0
echo "21 items, 0 differ. Old: 0 errors, 0 warnings. New: 0 errors, 0 warnings." | cmp -s - out || fail "$(cat out)"
# An action that is gone; of a Secret only where it differs is told.
run "$PINTLE" chain diff --plugin-dir old --plugin-dir new --phase backup in/item-01.json
expect_status 1
expect_out "- tests.pintle.io/good  good@1.0" "/metadata/annotations  (removed)"
run "$PINTLE" chain diff --plugin-dir new --plugin-dir old --phase backup in/secret-7.yaml -o json
expect_status 1
expect_out '"changes":[{"path":"/metadata/annotations","new":"***"}]'
# The items of a backup, as JSON lines.
PINTLE_PLUGIN_DIR= run "$PINTLE" backup create b1 --from in
expect_status 0
run "$PINTLE" chain diff --plugin-dir old --plugin-dir new/good.so --backup b1 -o json
expect_status 1
python3 - out <<'END' || fail "-o json"
import json, sys
lines = [json.loads(l) for l in open(sys.argv[1])]
assert all(l["apiVersion"] == "pintle.io/v1alpha1" and l["kind"] == "ChainDifference" for l in lines)
assert [l["type"] for l in lines] == ["Chain"] + ["Item"] * 4 + ["Summary"], lines
assert [a["action"] for a in lines[0]["new"] if "tests." in a["action"]] == ["tests.pintle.io/good", "tests.pintle.io/more"]
items = {l["name"]: l for l in lines if l["type"] == "Item"}
assert sorted(items) == ["item-03", "item-07", "item-17", "secret-7"], items
assert items["item-03"]["new"] == {"outcome": "skipped", "message": "no longer wanted"}
assert items["item-07"]["changes"] == [{"path": "/metadata/annotations/tests.pintle.io~1good", "old": "restore", "new": "other"}]
assert (lines[-1]["items"], lines[-1]["different"]) == (21, 4)
END
# An item that fails with the new version is a difference; what cannot be compared is neither 0 nor 1.
cp "$PLUGINS/good.so" new/ && cp "$PLUGINS/run_fails.so" new/
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: victim, namespace: shop}\n' >victim.yaml
run "$PINTLE" chain diff --plugin-dir old --plugin-dir new victim.yaml
expect_status 1
expect_out "! configmaps shop/victim" "+ failed: action tests.pintle.io/fails of plugin run_fails: refused for a reason" "1 item, 1 differs." "New: 1 error,"
run "$PINTLE" chain diff --plugin-dir old --plugin-dir nowhere in
expect_status 2
expect_err nowhere
run "$PINTLE" chain diff --plugin-dir old in
expect_status 2
run "$PINTLE" chain diff --plugin-dir old --plugin-dir new
expect_status 2
run "$PINTLE" chain diff --plugin-dir old --plugin-dir new --backup b2
expect_status 2
expect_err b2
pass
