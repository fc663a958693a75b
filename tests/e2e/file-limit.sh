# file-limit.sh -- a limit of files' sizes (ulimit -f) is an error like a full disk, not the end by SIGXFSZ.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
items 60
run "$PINTLE" backup create b1 --from in
expect_status 0
cat >limited.py <<'END'
import resource, subprocess, sys
r = subprocess.run(sys.argv[1:], preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512)), capture_output=True)
sys.stderr.buffer.write(r.stderr)
sys.exit(r.returncode if r.returncode >= 0 else 128 - r.returncode)
END
for command in "backup create b2 --from in" "restore create r1 --from-backup b1 --to to" "backup download b1 -o b1.tar.gz"; do
  # shellcheck disable=SC2086
  run python3 limited.py "$PINTLE" $command
  expect_status 1
  expect_err "File too large"
done
expect_no_file b1.tar.gz
run "$PINTLE" backup get
expect_not_in out b2
run "$PINTLE" backup create b2 --from in
expect_status 0
expect_clean
pass
