# crash.py -- a small backup, restore or deletion, struck at one system call after another; afterwards the old state or the new one.
# SPDX-License-Identifier: Apache-2.0
#
#   crash.py backup|restore|delete kill|EIO|ENOSPC|...   strace: killed on entering a system call, or the call fails with that error
#   crash.py backup|restore|delete alloc|allocs|short|shorts [MOST]   faults.c: as it says; at most MOST rounds, evenly spread
#   crash.py backup|restore worker                       each worker's Nth allocation fails, N = 1, 4, 7... (200 rounds)
#
# In the scratch directory of a test: in/ holds manifests. Environment: PINTLE, PINTLE_WORKER, FAULTS (the built faults.c), CALLS (system calls; default: those that
# change something), OPTIONS (of the run), CRASH_STEP (2: EIO and alloc at the odd calls only, ENOSPC and allocs at the even
# ones). The supervisor is struck once in each round. Prints what went wrong.
import collections, filecmp, json, os, re, shutil, subprocess, sys

PINTLE = os.environ["PINTLE"]
CALLS = """openat openat2 mkdir mkdirat write pwrite64 writev fsync fdatasync syncfs rename renameat renameat2 link linkat unlink unlinkat rmdir
ftruncate fallocate copy_file_range sendfile fchmod flock close""".split()
if os.environ.get("CALLS"):
    CALLS = os.environ["CALLS"].split()
STEP = int(os.environ.get("CRASH_STEP", "1"))
FAIL = [c for c in CALLS if c not in ("close", "flock")]  # their failing means nothing, or is defined to be passed over
STORE = "pintle-store"
problems = []


def pintle(*args, strike=None, trace=None, preload=None):
    command, environment = [PINTLE, *args], dict(os.environ)
    if strike:
        command = ["strace", "-qq", "-o", "/dev/null", "-e", "trace=" + strike[0], "-e", "inject=%s:%s:when=%d" % strike, *command]
    elif trace:
        command = ["strace", "-qq", "-o", trace, "-e", "trace=" + ",".join(CALLS), *command]
    elif preload and "worker" in preload:
        with open("worker", "w") as f:
            f.write('#!/bin/sh\nLD_PRELOAD="%s" PINTLE_FAULT="alloc %d" exec "%s" "$@"\n'
                    % (os.environ["FAULTS"], preload["worker"], os.environ["PINTLE_WORKER"]))
        os.chmod("worker", 0o755)
        environment["PINTLE_WORKER"] = os.path.abspath("worker")
    elif preload:
        environment.update(LD_PRELOAD=os.environ["FAULTS"], **preload)
    return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60, env=environment)


def files(directory):
    return sorted(os.path.join(at, n) for at, _, names in os.walk(directory) for n in names)


def fresh(prepared):
    for d in (STORE, "to"):
        shutil.rmtree(d, ignore_errors=True)
    if prepared:
        shutil.copytree("prepared", STORE)


def age_runs():
    runs = os.path.join(STORE, "plugins/pintle.io/runs")
    if not os.path.isdir(runs):
        return
    for name in os.listdir(runs):
        path = os.path.join(runs, name)
        if not os.path.isfile(path) or name.startswith(".tmp-"):
            continue
        with open(path) as f:
            text = f.read()
        with open(path, "w") as f:
            f.write(re.sub(r'("heartbeat": *")\d{4}', r"\g<1>2001", text))


def expect(what, ok, detail):
    if not ok:
        problems.append("%s: %s" % (what, detail))


def sane(what, fault, done):
    """How a struck run may end: killed as asked, or with a status of its own and a word about it."""
    if fault == "kill" and done.returncode == -9:
        return
    if done.returncode == 127 and "shared libraries" in done.stdout:  # it never started
        return
    expect(what, 0 <= done.returncode <= 3, "status %d: %s" % (done.returncode, done.stdout[-300:]))
    if done.returncode:
        expect(what, done.stdout.strip() != "", "status %d without a word" % done.returncode)


def gone(what):
    """After a deletion nothing is left."""
    done = pintle("backup", "delete", "b1", "--confirm")
    expect(what, done.returncode == 0 or not files(STORE), "cannot be deleted: " + done.stdout[-300:])
    expect(what, not files(STORE), "left behind: " + " ".join(files(STORE)[:5]))


def check_backup(what, done):
    committed = os.path.exists(os.path.join(STORE, "backups/b1/velero-backup.json"))
    if committed:
        seen = pintle("backup", "verify", "b1")
        expect(what, seen.returncode == 0, "committed, but: " + seen.stdout[-300:])
    expect(what, committed or done.returncode != 0, "says Completed, and there is no backup")
    lost_words = "cannot write standard output" in done.stdout  # then the run's own end cannot be told
    expect(what, not committed or done.returncode != 1 or lost_words, "says Failed, and there is a backup: " + done.stdout[-300:])
    if not files(STORE):
        return
    seen = pintle("backup", "get")
    expect(what, seen.returncode == 0, "backup get: " + seen.stdout[-300:])
    age_runs()
    gone(what)


def check_restore(what, done):
    reference = {os.path.relpath(f, "reference"): f for f in files("reference")}
    written = {os.path.relpath(f, "to"): f for f in files("to")}
    for name, path in written.items():
        if os.path.basename(name).startswith("."):  # a temporary name, which kubectl does not read either
            continue
        expect(what, name in reference and filecmp.cmp(path, reference[name], shallow=False), "to/%s is neither old nor new" % name)
    if done.returncode == 0:
        expect(what, set(reference) == set(written), "says Completed; there are %s" % sorted(written))
    seen = pintle("restore", "get")
    expect(what, seen.returncode == 0, "restore get: " + seen.stdout[-300:])
    age_runs()
    seen = pintle("restore", "delete", "r1", "--confirm")
    expect(what, seen.returncode == 0 or not os.path.exists(os.path.join(STORE, "restores/r1")), "restore delete: " + seen.stdout[-300:])
    expect(what, not files(os.path.join(STORE, "restores")), "left behind: " + " ".join(files(os.path.join(STORE, "restores"))[:5]))
    seen = pintle("restore", "create", "r1", "--from-backup", "b1", "--to", "to")
    expect(what, seen.returncode == 0, "again: " + seen.stdout[-300:])
    expect(what, set(reference) == {os.path.relpath(f, "to") for f in files("to")}, "after a repetition there are %s" % files("to"))
    seen = pintle("backup", "verify", "b1")
    expect(what, seen.returncode == 0, "the backup itself: " + seen.stdout[-300:])


def check_delete(what, done):
    committed = os.path.exists(os.path.join(STORE, "backups/b1/velero-backup.json"))
    if committed:
        seen = pintle("backup", "verify", "b1")
        expect(what, seen.returncode == 0, "still there, but: " + seen.stdout[-300:])
    expect(what, not committed or done.returncode != 0, "says it is deleted, and it is there")
    age_runs()
    gone(what)


def traced(run, fault):
    done = pintle(*run, trace="trace")
    if done.returncode:
        sys.exit("under strace: " + done.stdout)
    with open("trace") as f:
        calls = collections.Counter(m.group(1) for m in (re.match(r"(\w+)\(", line) for line in f) if m)
    kill = fault == "kill"
    step = STEP if fault in ("EIO", "ENOSPC") else 1
    for call in CALLS if kill else FAIL:
        for n in range(1 + (fault == "ENOSPC") % step, calls[call] + 1, step):
            yield "%s %s %d" % (fault, call, n), {"strike": (call, "signal=SIGKILL" if kill else "error=" + fault, n)}


def preloaded(run, fault, most):
    done = pintle(*run, preload={"PINTLE_FAULT_COUNT": "count"})
    if done.returncode:
        sys.exit("with the library: " + done.stdout)
    with open("count") as f:
        count = int(f.read().split()[0 if fault.startswith("alloc") else 1])
    thin = STEP if fault.startswith("alloc") else 1
    step = thin * max(1, -(-count // int(most)))
    for n in range(1 + (fault == "allocs") % thin, count + 1, step):
        yield "%s %d of %d" % (fault, n, count), {"preload": {"PINTLE_FAULT": "%s %d" % (fault, n)}}


def in_workers():
    for n in range(1, 600, 3):
        yield "allocation %d of a worker" % n, {"preload": {"worker": n}}


def main(mode, fault, most=100000):
    run, check, prepared = {
        "backup": (("backup", "create", "b1", "--from", "in"), check_backup, False),
        "restore": (("restore", "create", "r1", "--from-backup", "b1", "--to", "to"), check_restore, True),
        "delete": (("backup", "delete", "b1", "--confirm"), check_delete, True),
    }[mode]
    run += tuple(os.environ.get("OPTIONS", "").split())
    fresh(False)
    done = pintle("backup", "create", "b1", "--from", "in")
    if done.returncode:
        sys.exit("the backup itself: " + done.stdout)
    os.rename(STORE, "prepared")
    fresh(True)
    if mode == "restore":
        pintle(*run)
        shutil.copytree("to", "reference")
        fresh(True)
    fresh(prepared)
    if fault == "worker":
        rounds = list(in_workers())
    else:
        rounds = list(preloaded(run, fault, most) if fault.rstrip("s") in ("alloc", "short") else traced(run, fault))
    struck = 0
    for what, how in rounds:
        fresh(prepared)
        done = pintle(*run, **how)
        sane(what, fault, done)
        struck += done.returncode != 0
        check(what, done)
    for p in problems[:20]:
        print(p)
    if problems:
        sys.exit("%d problems in %d rounds" % (len(problems), len(rounds)))
    print("%d rounds, %d of them did not end well" % (len(rounds), struck))


main(*sys.argv[1:])
