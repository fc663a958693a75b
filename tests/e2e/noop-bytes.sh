# noop-bytes.sh -- a chain that changes nothing leaves every byte of an item: white space aside, it is in the archive as it came.
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
mkdir in
cat >odd.py <<'END'
import gzip, sys, tarfile
HEAD = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"%s","namespace":"shop"},"v":%s}'
VALUES = {
    "numbers": r'[0,-0,-0.0,1.0,1.10,1E+2,1e-400,1e400,9007199254740993,-9223372036854775808,18446744073709551616,0.1000000000000000055511]',
    "escapes": r'"\"\\\/\b\f\n\r\t\u002f\u00E9\u00e9\ud83d\ude80\u0000"',
    "surrogates": r'["\ud800","\udc00\ud800",{"\ud800":1}]',
    "plain": '"\u00e9\U0001f680\u2028<>&\x7f\ufeff"',
    "repeated": r'{"a":1,"b":2,"a":3,"\u0061":4}',
    "order": r'{"z":1,"a":{"y":[],"b":{}},"":null,"__proto__":true}',
    "empty": r'[{},[],"",null,false]',
    "deep": "[" * 400 + "]" * 400,
    "long": '"' + "x" * (1 << 20) + '"',
}
if sys.argv[1] == "make":
    for i, (name, value) in enumerate(VALUES.items()):
        text = HEAD % (name, value)
        if i % 2 and name != "escapes":  # white space, also between members
            text = " \r\n" + text.replace('"v":', '\t"v" :\n ') + "\n"
        open(f"in/{name}.json", "w", encoding="utf-8", newline="").write(text)
else:
    with tarfile.open(sys.argv[2]) as tar:
        for name, value in VALUES.items():
            for path in f"namespaces/shop/{name}.json", f"v1-preferredversion/namespaces/shop/{name}.json":
                got = tar.extractfile("resources/configmaps/" + path).read()
                if got != (HEAD % (name, value)).encode():
                    sys.exit(f"{path}: {got[:300]}")
END
python3 odd.py make || fail odd.py
back_up() { # NAME ARGUMENTS...
  name=$1 && shift
  run "$PINTLE" backup create "$name" --from in "$@"
  expect_status 0
  expect_clean
  python3 odd.py check "$store/backups/$name/$name.tar.gz" 2>err || fail "$name"
}
back_up none
plugins run_noop
cat >pintle.yaml <<'END'
apiVersion: pintle.io/v1alpha1
kind: PluginChain
metadata: {name: default}
spec: {actions: [{name: tests.pintle.io/noop, config: {item: "*"}}]}
END
back_up noop
back_up noop0 --concurrency 0
pass
