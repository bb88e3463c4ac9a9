#!/usr/bin/python3
"""The tamper corpus, judged by two verifiers that share nothing but the format page.

    agree.py PROGRAM [POSITIONS [WRITTEN]]      PROGRAM is archive_tamper

The program says its own lines and writes some cases of each class with its verdict; they
are judged here with verify.py, which must say the same of each.
"""
import collections
import pathlib
import subprocess
import sys
import tempfile

import verify
import zstandard


def judge(case):
    """"good" or "bad", and why."""
    key = verify.Key((case / "key").read_bytes())
    proof = case / "archive" / "proof"
    try:
        if proof.exists():
            return "good", verify.check_proof(proof.read_bytes(), key)
        known = [path.read_bytes() for path in sorted(case.glob("known-*"))]
        return "good", verify.Archive(str(case / "archive"), key, known).verify()
    except (verify.Bad, zstandard.ZstdError) as bad:
        return "bad", str(bad)


def main():
    program, positions, written = (sys.argv[1:] + ["100", "8"][len(sys.argv) - 2:])[:3]
    counts, differ = collections.Counter(), 0
    with tempfile.TemporaryDirectory() as folder:
        code = subprocess.run([program, positions, folder, written], check=False).returncode
        for case in sorted(pathlib.Path(folder).iterdir()):
            theirs = (case / "verdict").read_text()
            ours, why = judge(case)
            counts[theirs] += 1
            if ours != theirs:
                differ += 1
                print("# %s: the program says %s, verify.py says %s: %s" % (
                    case.name, theirs, ours, why))
    print("%s tamper: verify.py agrees on %d of %d tampered and %d clean cases" % (
        "FAIL" if differ or not counts["good"] or not counts["bad"] else "ok",
        counts["bad"] - differ, counts["bad"], counts["good"]))
    return 1 if code or differ else 0


sys.exit(main())
