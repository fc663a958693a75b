#!/usr/bin/env python3
"""Sums up what the test programs of some build directories counted: the last line is 'N passed, N failed, N skipped'.

Usage: totals.py BUILD-DIRECTORY|LOG...  (SPDX-License-Identifier: Apache-2.0)
Before it stand the skipped programs, each with its reason, and those that took long.
A program that prints a count ('Checks: N, Failures: N, Errors: N' or 'N passed, N failed[, N skipped]') counts as that many tests, any other as one.
"""
import json
import os
import re
import sys

CHECK = re.compile(r"Checks: (\d+), Failures: (\d+), Errors: (\d+)")
PLAIN = re.compile(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$", re.M)
LONG = 20  # seconds


def count(test):
    text = test.get("stdout", "")
    passed = failed = skipped = 0
    for checks, failures, errors in CHECK.findall(text):
        failed += int(failures) + int(errors)
        passed += int(checks) - int(failures) - int(errors)
    for p, f, s in PLAIN.findall(text):
        passed, failed, skipped = passed + int(p), failed + int(f), skipped + int(s or 0)
    if test["result"] == "SKIP":
        return 0, 0, skipped or 1
    if test["result"] not in ("OK", "EXPECTEDFAIL") and failed == 0:
        failed = 1
    if passed + failed + skipped == 0:
        passed = 1
    return passed, failed, skipped


def tell(directory, test):
    if test["result"] == "SKIP":
        said = (test.get("stdout", "") + test.get("stderr", "")).strip().splitlines()
        print("%s: %s is skipped: %s" % (directory, test["name"], said[-1] if said else "it does not say why"))
    if test["duration"] > LONG:
        print("%s: %s took %d s" % (directory, test["name"], test["duration"]))


def main():
    totals = [0, 0, 0]
    for directory in sys.argv[1:]:
        if os.path.isfile(directory):
            with open(directory, encoding="utf-8") as log:
                for i, n in enumerate(count({"stdout": log.read(), "result": "OK"})):
                    totals[i] += n
            continue
        with open(directory + "/meson-logs/testlog.json", encoding="utf-8") as log:
            for line in log:
                test = json.loads(line)
                tell(directory, test)
                for i, n in enumerate(count(test)):
                    totals[i] += n
    print("%d passed, %d failed, %d skipped" % tuple(totals))
    return 1 if totals[1] or not totals[0] else 0


if __name__ == "__main__":
    sys.exit(main())
