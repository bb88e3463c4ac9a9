#!/usr/bin/env python3
"""Receipts of several builds beside each other, on one disk and at one time.

    tests/bench/beside.py BEFORE/bin AFTER/bin …

An intake of each build stands alone, headquarters away, and says 3,000 things; then each
says 150 by turns, twenty times, every receipt beside a bare LMDB commit (bench_ask
receipt, of the same build). Medians over the twenty."""
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

PREFILL, CHUNK, ROUNDS, FIRST = 3000, 150, 20, 900000000


class Build:
    def __init__(self, path, home):
        self.path, self.dir = path, home
        self.next, self.rounds, self.cpu = FIRST, [], 0.0
        os.makedirs(home + "/raw")
        subprocess.run([path + "/bench_load", "init", "--dir", home, "--address",
                        "tcp://127.0.0.1:9", "--as", "nashville"], check=True,
                       stdout=subprocess.DEVNULL)
        with open(home + "/log", "w", encoding="utf-8") as log:
            self.intake = subprocess.Popen(
                [path + "/kusanone-intake", home + "/intake.yaml"], stdout=log, stderr=log)

    def cpu_us(self):
        with open(f"/proc/{self.intake.pid}/stat", encoding="utf-8") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) * 1e6 / os.sysconf("SC_CLK_TCK")

    def say(self, count):
        shutil.rmtree(self.dir + "/raw")
        os.mkdir(self.dir + "/raw")
        out = subprocess.check_output(
            [self.path + "/bench_ask", "receipt", "--dir", self.dir, "--as", "nashville",
             "--raw", self.dir + "/raw", "--n", str(count), "--first", str(self.next)],
            text=True)
        self.next += count
        return {line.split("\t")[0]: float(line.split("\t")[1]) for line in out.splitlines()}

    def measure(self):
        before = self.cpu_us()
        self.rounds.append(self.say(CHUNK))
        self.cpu += self.cpu_us() - before

    def report(self):
        line = self.path
        for q in ("p50", "p99"):
            ours = [r["receipt." + q] for r in self.rounds]
            bare = [r["receipt.raw_commit." + q] for r in self.rounds]
            ratio = statistics.median(a / b for a, b in zip(ours, bare))
            line += (f"  {q} {statistics.median(ours):.0f} us, bare commit "
                     f"{statistics.median(bare):.0f}, {ratio:.2f} x")
        print(f"{line}  processor {self.cpu / CHUNK / len(self.rounds):.0f} us")


def main():
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    home = tempfile.mkdtemp(prefix="kusanone-beside-")
    builds = []
    try:
        for number, path in enumerate(sys.argv[1:]):
            builds.append(Build(os.path.abspath(path), f"{home}/{number}"))
        time.sleep(0.5)
        for build in builds:
            build.say(PREFILL)
        for _ in range(ROUNDS):
            for build in builds:
                build.measure()
        for build in builds:
            build.report()
    finally:
        for build in builds:
            build.intake.kill()
            build.intake.wait()
        shutil.rmtree(home)


if __name__ == "__main__":
    main()
