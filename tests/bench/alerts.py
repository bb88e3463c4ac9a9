#!/usr/bin/env python3
"""How fast the notification service takes in headquarters' log, and what it then holds.

    tests/bench/alerts.py BIN [records]

Fills a real aggregation with records (1,000,000), then starts kusanone-notification beside it
(nothing else runs) and waits until all are folded and acknowledged: over the local socket, with a
copy of every block on its disk; kills it and starts it again. BIN holds the programs and the benchmarks."""
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from run import Bench, Service, cpu_seconds, free_port, memory


class Args:
    def __init__(self, folder):
        self.bin = folder


def position(bench, socket_dir):
    """What the service says of itself: how far it has counted."""
    done = subprocess.run([os.path.join(bench.args.bin, "kusanone"), "status", "--run", socket_dir,
                           "--json", "--timeout", "2"], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True, check=False)
    for block in done.stdout.split('"service"')[1:]:
        if block.lstrip(': "').startswith("notification"):
            return int(block.split('"position":')[1].split('"')[1])
    return 0


def main():
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    records = int(sys.argv[2]) if len(sys.argv) > 2 else 1000000
    home = tempfile.mkdtemp(prefix="kusanone-alerts-")
    bench = Bench(Args(os.path.abspath(sys.argv[1])), home)
    folder = os.path.join(home, "kusanone")
    os.mkdir(folder, 0o700)
    services = []
    try:
        bench.run("bench_load", "init", "--dir", folder, "--address",
                  f"tcp://127.0.0.1:{free_port()}", "--as", "bench", keep=False)
        aggregation = Service(bench, "aggregation")
        services.append(aggregation)
        aggregation.start()
        bench.run("bench_ask", "probe", "--dir", folder, keep=False)
        bench.run("bench_load", "enrol", "--dir", folder, "--posts", 18, "--as", "bench", keep=False)
        for first in range(0, records, 200000):
            bench.run("bench_load", "feed", "--dir", folder, "--n", min(200000, records - first),
                      "--first", first, keep=False)
        with open(os.path.join(folder, "aggregation.yaml"), encoding="utf-8") as f:
            config = f.read()
        run_dir = [l.split(":", 1)[1].strip() for l in config.splitlines()
                   if l.startswith("run_dir:")][0]
        hq = config[config.index("hq:"):]
        subprocess.run([os.path.join(bench.args.bin, "kusanone"), "node", "keygen",
                        os.path.join(folder, "notification.key"), "--name", "notification"],
                       check=True, stdout=subprocess.DEVNULL)
        with open(os.path.join(folder, "notification.yaml"), "w", encoding="utf-8") as f:
            f.write(f"key_file: {folder}/notification.key\nstate_dir: {folder}/notification\n"
                    f"run_dir: {run_dir}\nfollow:\n  address: ipc://{run_dir}/aggregation.sock\n"
                    f"send:\n  from: kusanone@example.org\n  host: kusanone.example.org\n{hq}")
        notification = Service(bench, "notification")
        services.append(notification)
        spent = cpu_seconds(aggregation.process.pid)
        begun = time.monotonic()
        notification.start()
        while position(bench, run_dir) < records:
            if notification.process.poll() is not None:
                sys.exit(f"the service ended: {home}/notification.log")
            time.sleep(0.1)
        took = time.monotonic() - begun
        spent = cpu_seconds(aggregation.process.pid) - spent
        print(f"catch-up {records / took:,.0f} records/s ({took:.2f} s, asked every 0.1 s);"
              f" processor time a record: {cpu_seconds(notification.process.pid) / records * 1e6:.1f} us,"
              f" headquarters' {spent / records * 1e6:.1f} us")
        time.sleep(3)  # The view's checkpoint.
        print(f"memory {memory(notification.process.pid, 'Private_Dirty'):.0f} MiB private and dirty")
        notification.stop(signal.SIGKILL)
        begun = time.monotonic()
        notification.start()
        while position(bench, run_dir) < records:
            time.sleep(0.02)
        print(f"restart after kill -9: {time.monotonic() - begun:.2f} s to the first answer")
    finally:
        for service in reversed(services):
            service.stop()
        shutil.rmtree(home)


if __name__ == "__main__":
    main()
