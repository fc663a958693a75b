# fault-leaks.sh -- a plugin that loses 1 MiB an item: workers are replaced, memory is bounded, nothing is lost.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins good run_leaks && items 600
cat >most.py <<'END'
import os, subprocess, sys, time
worst, p = 0, subprocess.Popen(sys.argv[1:])
while p.poll() is None:
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if open(f"/proc/{pid}/environ").read().find("HOME=" + os.environ["HOME"] + "\0") >= 0 and b"pintle-worker" in open(f"/proc/{pid}/cmdline", "rb").read():
                worst = max(worst, int(open(f"/proc/{pid}/statm").read().split()[1]) >> 8)
        except OSError: pass
    time.sleep(0.01)
open("worst", "w").write(str(worst))
sys.exit(p.returncode)
END
run python3 most.py "$PINTLE" backup create b1 --from in --concurrency 1
expect_status 0
expect_clean
[ "$(cat worst)" -le 400 ] || fail "a worker had $(cat worst) MiB"
compare in "$store/backups/b1/b1.tar.gz" --annotated tests.pintle.io/good=backup
log_of backup b1
grep "has grown by" log >grown
[ "$(wc -l <grown)" -eq 2 ] || fail "$(wc -l <grown) workers were replaced, not 2"
expect_in grown "level=warning" "MiB, most of it in action tests.pintle.io/leaks; a new one takes its place"
"$PINTLE" backup create b2 --from in --concurrency 1 --events events.json >out 2>err
grep '"counters":{' events.json | tail -n 1 >counters
expect_in counters '"items seen":600' '"instances finished":3' # of three workers, summed
run "$PINTLE" backup create b3 --from in --concurrency 3
expect_status 0
compare in "$store/backups/b3/b3.tar.gz" --annotated tests.pintle.io/good=backup
pass
