# crash.py -- a small backup, restore or deletion, struck at one system call after another; afterwards the old state or the new one.
# SPDX-License-Identifier: Apache-2.0
#
#   crash.py backup|restore|delete kill|EIO|ENOSPC|...   strace: killed on entering a system call, or the call fails with that error
#   crash.py backup|restore|delete alloc|allocs|short|shorts [MOST]   faults.c: as it says; at most MOST rounds, evenly spread
#   crash.py backup|restore worker                       each worker's Nth allocation fails, N = 1, 4, 7... (200 rounds)
#   crash.py continue|restore-continue|finalize kill|EIO|ENOSPC   a run with an operation: gone on with after its process was killed, or
#                                                        finished by the process that began it; op/ is the test's (tests/plugins/operation.h)
#
# In the scratch directory of a test: in/ holds manifests, more/ those that a continued run is given. Environment: PINTLE, PINTLE_WORKER, FAULTS (the built faults.c), CALLS (system calls; default: those that
# change something), OPTIONS (of the run), CRASH_STEP (2: EIO and alloc at the odd calls only, ENOSPC and allocs at the even
# ones; runs with an operation: at every twelfth only). The supervisor is struck once in each round. Prints what went wrong.
import collections, filecmp, glob, gzip, json, os, re, shutil, subprocess, sys, tarfile, time

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
    for path in glob.glob(runs + "/*.claims/*"):
        with open(path) as f:
            text = f.read()
        with open(path, "w") as f:
            f.write(re.sub(r"\d{19}", "1000000000000000000", text))
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


# ---- runs with an operation
def phase_of(kind):
    try:
        with open(os.path.join(STORE, "%ss/%s1/velero-%s.json" % (kind, kind[0], kind))) as f:
            return json.load(f)["status"]["phase"]
    except FileNotFoundError:
        return ""


def left_waiting(kind, *run):
    """The store as a killed run leaves it whose operation is outstanding; then the operation is over."""
    done = "op/victim.state"
    os.rename(done, "state")
    running = subprocess.Popen([PINTLE, *run], stdin=subprocess.DEVNULL)
    for _ in range(600):
        if phase_of(kind) == "WaitingForPluginOperations":
            break
        time.sleep(0.05)
    else:
        sys.exit("it does not wait: " + " ".join(run))
    running.kill()
    running.wait()
    age_runs()
    os.rename("state", done)


def result_of(kind):
    """What a run came to, without times and the sums over them."""
    def plain(x):
        if isinstance(x, dict):
            return {k: plain(v) for k, v in x.items() if not re.search("(?i)timestamp|expiration|created|updated|uid|sha256|operationID", k)}
        return re.sub("[0-9a-f-]{36}/", "UID/", x) if isinstance(x, str) else [plain(v) for v in x] if isinstance(x, list) else x

    out, at = {}, os.path.join(STORE, kind + "s", kind[0] + "1")
    for path in [f for f in files(at) if "/.tmp-" not in f]:
        name = os.path.relpath(path, at)
        if name.endswith(".tar.gz"):
            with tarfile.open(path) as tar:
                out[name] = {m.name: tar.extractfile(m).read() for m in tar if m.isfile()}
        elif re.search("velero-|results|operations|resource-list", name):
            with (gzip.open if name.endswith(".gz") else open)(path) as f:
                out[name] = plain(json.load(f))
        else:
            out[name] = None
    return out


def differs(a, b):
    return [(k, a.get(k), b.get(k)) for k in sorted(set(a) | set(b)) if a.get(k) != b.get(k)]


def finished(what, kind, again, reference):
    """Gone on with if need be, it comes to the same as one that nothing disturbed, or says by which error it does not."""
    over = not re.match("Waiting|Finalizing", phase_of(kind))
    age_runs()
    seen = pintle(*again)
    result = result_of(kind)
    if re.search("Input/output error|No space left", json.dumps([v for k, v in result.items() if "results" in k])):
        return  # an error that it met, passed and named
    expect(what, seen.returncode == (2 if over else reference[0]), "%s: status %d: %s" % (" ".join(again), seen.returncode, seen.stdout[-300:]))
    expect(what, not over or "nothing to continue" in seen.stdout, "continued though it is over: " + seen.stdout[-300:])
    expect(what, result == reference[1], "another result: %.600s" % differs(result, reference[1]))


def check_finished(what, done, kind, again, reference):
    name = kind[0] + "1"
    committed = phase_of(kind)
    if kind == "backup" and not committed:
        return check_backup(what, done)
    seen = pintle("backup", "verify", "b1")
    expect(what, seen.returncode == 0, "verify: " + seen.stdout[-300:])
    seen = pintle(kind, "get")
    expect(what, seen.returncode == 0, kind + " get: " + seen.stdout[-300:])
    expect(what, committed or done.returncode, "says it is done, and it is not there")
    if committed:
        shutil.copytree(STORE, "struck")
        finished(what, kind, again, reference)
        seen = pintle("backup", "verify", "b1")
        expect(what, seen.returncode == 0 and "all is well" in seen.stdout, "at last: " + seen.stdout[-300:])
    for store in ("as it is", "as it was struck")[: 1 + bool(committed)]:
        if store == "as it was struck":
            shutil.rmtree(STORE)
            os.rename("struck", STORE)
        age_runs()
        if kind == "restore":
            seen = pintle("restore", "delete", name, "--confirm")
            expect(what, not files(os.path.join(STORE, "restores")), "%s, left behind: %s" % (store, seen.stdout[-300:]))
        gone(what)


def operated(mode):
    """How the runs of that mode are made and judged."""
    kind = "restore" if mode == "restore-continue" else "backup"
    again = (kind, "continue", kind[0] + "1") + (("--from", "more") if kind == "backup" else ())
    begin = ("restore", "create", "r1", "--from-backup", "b1", "--to", "to") if kind == "restore" else ("backup", "create", "b1", "--from", "in")
    if mode != "finalize":
        left_waiting(kind, *begin)
        shutil.rmtree("prepared")
        shutil.copytree(STORE, "prepared")
    run = begin if mode == "finalize" else again
    done = pintle(*run)
    reference = (done.returncode, result_of(kind))
    expect("undisturbed", phase_of(kind) in ("Completed", "PartiallyFailed"), done.stdout)
    again = again[:3] + (("--from", "in") if mode == "finalize" else again[3:])
    return run, lambda what, done: check_finished(what, done, kind, again, reference), mode != "finalize"


def traced(run, fault, thin=1):
    done = pintle(*run, trace="trace")
    if done.returncode not in (0, 3):
        sys.exit("under strace: " + done.stdout)
    with open("trace") as f:
        calls = collections.Counter(m.group(1) for m in (re.match(r"(\w+)\(", line) for line in f) if m)
    kill = fault == "kill"
    step = thin if STEP > 1 and thin > 1 else STEP if fault in ("EIO", "ENOSPC") else 1
    places = [(call, n) for call in (CALLS if kill else FAIL) for n in range(1, calls[call] + 1)]
    for call, n in places[(fault == "ENOSPC") % step :: step]:
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
    with_operation = mode in ("continue", "restore-continue", "finalize")
    modes = {
        "backup": (("backup", "create", "b1", "--from", "in"), check_backup, False),
        "restore": (("restore", "create", "r1", "--from-backup", "b1", "--to", "to"), check_restore, True),
        "delete": (("backup", "delete", "b1", "--confirm"), check_delete, True),
    }
    fresh(False)
    done = pintle("backup", "create", "b1", "--from", "in")
    if done.returncode not in (0, 3):
        sys.exit("the backup itself: " + done.stdout)
    os.rename(STORE, "prepared")
    fresh(mode == "restore-continue")
    run, check, prepared = operated(mode) if with_operation else modes[mode]
    run += tuple(os.environ.get("OPTIONS", "").split())
    fresh(True)
    if mode == "restore":
        pintle(*run)
        shutil.copytree("to", "reference")
        fresh(True)
    fresh(prepared)
    if fault == "worker":
        rounds = list(in_workers())
    else:
        rounds = list(preloaded(run, fault, most) if fault.rstrip("s") in ("alloc", "short") else traced(run, fault, 12 if with_operation else 1))
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
