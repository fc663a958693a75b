# gateway.sh -- versitygw for a test, after lib.sh: buckets are directories of data/, the address is $url.  SPDX-License-Identifier: Apache-2.0
#   start_gateway BUCKET...
# Its keys are AKIAPINTLE and very/secret+key. Sets $gateway, the process; `stop_gateway` ends it (the caller's trap).
gateway=
stop_gateway() { [ -z "$gateway" ] || kill "$gateway" 2>/dev/null || :; }
start_gateway() {
  build s3 gateway
  mkdir data
  for bucket; do mkdir "data/$bucket"; done
  python3 -c 'import os; os.setxattr("data", "user.x", b"1")' 2>/dev/null || skip "no user xattrs here"
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  url=http://127.0.0.1:$port
  ROOT_ACCESS_KEY=AKIAPINTLE ROOT_SECRET_KEY=very/secret+key gateway "127.0.0.1:$port" data >gateway.log 2>&1 &
  gateway=$!
  python3 - "$port" <<'END_OF_PYTHON' || fail "versitygw does not start: $(cat gateway.log)"
import socket, sys, time
for i in range(400):
    try: sys.exit(socket.create_connection(("127.0.0.1", int(sys.argv[1]))).close())
    except OSError: time.sleep(0.05)
sys.exit(1)
END_OF_PYTHON
}
