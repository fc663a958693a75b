# one-instance.sh -- an action with one instance sees every item of the run, whatever the number of workers.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins run_one_instance good && items 60
run "$PINTLE" backup create b1 --from in --concurrency 5
expect_status 0
expect_clean
python3 - "$store/backups/b1/b1.tar.gz" <<'END' || fail "not every call has a number of its own"
import json, sys, tarfile
seen = []
with tarfile.open(sys.argv[1]) as tar:
    for e in tar:
        if "/configmaps/namespaces/" in e.name:
            a = json.load(tar.extractfile(e))["metadata"]["annotations"]
            assert a["tests.pintle.io/good"] == "backup"
            seen.append(int(a["tests.pintle.io/call"]))
assert sorted(seen) == list(range(1, 61)), seen
END
pass
