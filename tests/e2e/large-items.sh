# large-items.sh -- items of 1 to 256 MiB: whole up to 16 MiB, refused above with their place, the others unharmed, memory bounded; and one that is
# small until it is indented.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
unset MALLOC_PERTURB_ # it touches memory that nobody uses, and memory is measured here
cat >large.py <<'END'
import json, resource, subprocess, sys
HEAD = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"%s","namespace":"shop"},"v":'
def text(out, name, size):
    out.write(HEAD % name + '"')
    for i in range(size): out.write("x" * (1 << 20))
    out.write('"}')
if sys.argv[1] == "make":
    for size in 1, 15, 17:
        text(open(f"in/m{size}.json", "w"), f"m{size}", size)
    open("in/z.json", "w").write(HEAD % "z" + "1}")
    open("in/deep.json", "w").write(HEAD % "deep" + "[" * 200 + ",".join("0" * 300000) + "]" * 200 + "}")  # indented 120 MB
elif sys.argv[1] == "pipe":
    text(sys.stdout, "m256", 256)
    sys.stdout.write("\n" + HEAD % "z" + "1}")
else:
    code = subprocess.run(sys.argv[2:]).returncode
    rss = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
    print(f"maxrss {rss} MiB", file=sys.stderr)
    sys.exit(code if rss < 200 or "asan" in sys.argv[1] else 99)
END
mkdir in
python3 large.py make || fail large.py
run python3 large.py "$(ldd "$PINTLE")" "$PINTLE" backup create b1 --from in
expect_status 3
expect_clean
expect_err "in/m17.json:1:1: the document is larger than 16777216 bytes"
names() { python3 "$here/tar_list.py" "$store/backups/$1/$1.tar.gz" | sed -n 's,^resources/configmaps/namespaces/shop/\([^ ]*\).json.*,\1,p' >names; }
names b1
printf '%s\n' deep m1 m15 z >expected
expect_same names expected
run "$PINTLE" backup verify b1
expect_status 0
run python3 large.py "$(ldd "$PINTLE")" "$PINTLE" restore create r1 --from-backup b1 --to to
expect_status 0
expect_clean
compare in to --restored b1 r1 --missing m17
[ "$(wc -c <to/shop/configmaps/deep.json)" -lt 1000000 ] || fail "deep.json was indented"
run "$PINTLE" restore create r2 --from-backup b1 --to to # what was written can be read
expect_status 0
expect_out "4 unchanged"

python3 large.py pipe | python3 large.py "$(ldd "$PINTLE")" "$PINTLE" backup create b2 --from - >out 2>err
status=$?
command_line="backup create b2 --from -"
expect_status 3
expect_err "the document is larger than 16777216 bytes"
names b2
echo z >expected
expect_same names expected
pass
