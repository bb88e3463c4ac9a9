#!/usr/bin/python3
"""Turns ctest's JUnit file into the lines of tests/lib/report.sh.

A program says its cases as cmocka does ("[       OK ] name") or with ok, FAIL and skip
lines of its own. A program that fails without naming a case, or names none at all, is
one failure: nothing that crashed is taken for a pass.

    junit.py FILE [PREFIX]
"""
import re
import sys
import xml.etree.ElementTree

CMOCKA = re.compile(r"^\[ +(OK|FAILED|SKIPPED|ERROR) +\] (test\w+)", re.MULTILINE)
OWN = re.compile(r"^(ok|FAIL|skip|#) (.*)$", re.MULTILINE)
WORDS = {"OK": "ok", "FAILED": "FAIL", "ERROR": "FAIL", "SKIPPED": "skip"}


def cases(text):
    """(word, rest of the line), each case once: cmocka repeats the failures at its end."""
    seen = set()
    for word, name in CMOCKA.findall(text):
        if (word, name) not in seen:
            seen.add((word, name))
            yield WORDS[word], name
    yield from OWN.findall(text)


def why(test, text):
    """The line that tells most about a program that ended badly."""
    for pattern in (r"ERROR: \w+Sanitizer.*", r"WARNING: ThreadSanitizer.*",
                    r".*runtime error: .*", r".*: must\(.*", r".*\[   LINE   \].*"):
        found = re.search(pattern, text)
        if found:
            return found.group(0).strip()
    failure = test.find("failure")
    return failure is not None and failure.get("message") or "ended badly, naming no case"


def main():
    prefix = sys.argv[2] if len(sys.argv) > 2 else ""
    bad = 0
    try:
        tests = list(xml.etree.ElementTree.parse(sys.argv[1]).getroot().iter("testcase"))
    except (OSError, xml.etree.ElementTree.ParseError) as error:
        print(f"FAIL {prefix}ctest wrote no result: {error}")
        return 1
    if not tests:
        print(f"FAIL {prefix}ctest found no test")
        return 1
    for test in tests:
        name = prefix + test.get("name")
        output = test.findtext("system-out") or ""
        words = {"ok": 0, "FAIL": 0, "skip": 0, "#": 0}
        for word, rest in cases(output):
            words[word] += 1
            print(f"# {rest}" if word == "#" else f"{word} {name}: {rest}")
        good = test.get("status") == "run"
        if not good and words["FAIL"] == 0:
            print(f"FAIL {name}: {why(test, output)}")
        elif good and not any(words[w] for w in ("ok", "FAIL", "skip")):
            print(f"FAIL {name}: it named no case")
        elif good and words["FAIL"] == 0:
            continue
        bad += 1
        print(f"---- output of {name}\n{output}\n----")
    return 1 if bad else 0


sys.exit(main())
