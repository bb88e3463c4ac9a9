#!/usr/bin/env python3
"""Runs the benchmark programs over interleaved rounds; run.sh is how to start it."""
import argparse
import glob
import os
import pwd
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
POST = "bench"
# Of the machine: where others take more, times show them and not us.
QUIET_PERCENT = 10
ROWS = "commit full mixed corrections single receipt watch totals restart".split()


def say(*words):
    print(time.strftime("%H:%M:%S"), *words, file=sys.stderr, flush=True)


def pids_below(pid):
    """The process and all below it."""
    children = {}
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/stat", encoding="utf-8", errors="replace") as f:
                parent = int(f.read().rpartition(")")[2].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(entry))
    found = [pid]
    for p in found:
        found += children.get(p, [])
    return found


def memory(pid, field):
    """MiB of a field of smaps_rollup, over a process and all below it."""
    total = 0
    for p in pids_below(pid):
        try:
            with open(f"/proc/{p}/smaps_rollup", encoding="ascii") as f:
                total += sum(int(l.split()[1]) for l in f if l.startswith(field + ":"))
        except OSError:
            pass
    return total / 1024


def cpu_seconds(pid):
    """Of a process and all below it, those that have ended among them."""
    total = 0
    for p in pids_below(pid):
        try:
            with open(f"/proc/{p}/stat", encoding="utf-8", errors="replace") as f:
                fields = f.read().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(int(t) for t in fields[11:15])
    return total / os.sysconf("SC_CLK_TCK")


def machine_seconds():
    """What all processors together have been busy."""
    with open("/proc/stat", encoding="ascii") as f:
        user, nice, system, _, _, irq, softirq, steal = map(int, f.readline().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


class Neighbours:
    """The share of the machine that goes to processes that are not ours."""

    def __init__(self):
        self.begun = time.monotonic()
        self.busy = machine_seconds() - cpu_seconds(os.getpid())

    def percent(self):
        took = (time.monotonic() - self.begun) * os.cpu_count()
        busy = machine_seconds() - cpu_seconds(os.getpid()) - self.busy
        return max(0.0, 100 * busy / took)


def await_quiet(minutes):
    """Up to so long for a machine that others leave alone. Says nothing of results."""
    until = time.monotonic() + minutes * 60
    while time.monotonic() < until:
        neighbours = Neighbours()
        time.sleep(5)
        if neighbours.percent() <= QUIET_PERCENT:
            return


def disk_bytes(folder):
    return int(subprocess.check_output(["du", "-sk", folder]).split()[0]) * 1024


def free_port():
    """A port below those that the kernel hands out."""
    for port in range(26410, 26990):
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", port))
                return port
            except OSError:
                pass
    sys.exit("no free port")


class Bench:
    def __init__(self, args, home):
        self.args = args
        self.home = home
        self.figures = {}  # name -> ([value of a round], unit)
        self.loads = []

    def note(self, name, value, unit):
        self.figures.setdefault(name, ([], unit))[0].append(value)

    def run(self, program, *words, keep=True):
        """One program; its figures are noted, and returned by name."""
        command = [os.path.join(self.args.bin, program)] + [str(w) for w in words]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=900)
        if done.returncode != 0:
            sys.exit(f"failed: {' '.join(command)}")
        got = {}
        for line in done.stdout.splitlines():
            name, value, unit = line.split("\t")
            got[name] = float(value)
            if keep:
                self.note(name, float(value), unit)
        return got

    def last(self, name):
        return self.figures[name][0][-1]

    def ratio(self, name, over, under):
        """Of this round's two figures."""
        if over in self.figures and under in self.figures:
            self.note(name, self.last(over) / self.last(under), "x")


class Postgres:
    """A private cluster: unix socket only, durable as Debian installs it."""

    def __init__(self, bench):
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
        if not found:
            sys.exit("PostgreSQL is missing: deploy/setup.sh --bench")
        self.bench = bench
        self.bin = found[-1]
        self.dir = os.path.join(bench.home, "pg")
        self.user = {"user": "postgres", "group": "postgres", "extra_groups": []}
        if os.getuid() != 0:
            self.user = {}
        os.mkdir(self.dir, 0o700)
        if self.user:
            account = pwd.getpwnam("postgres")
            os.chown(self.dir, account.pw_uid, account.pw_gid)
        data = os.path.join(self.dir, "data")
        subprocess.run([self.bin + "/initdb", "-D", data, "-U", "postgres", "-A", "trust",
                        "--locale=C.UTF-8", "-E", "UTF8"], check=True, cwd="/",
                       stdout=subprocess.DEVNULL, **self.user)
        with open(data + "/postgresql.conf", "a", encoding="utf-8") as f:
            f.write("\nlisten_addresses = ''\nunix_socket_directories = '%s'\n"
                    "fsync = on\nsynchronous_commit = on\nfull_page_writes = on\n"
                    "shared_buffers = 1GB\nmax_wal_size = 4GB\nmin_wal_size = 1GB\n"
                    "checkpoint_timeout = 15min\nmax_connections = 20\n" % self.dir)
        self.log = open(self.dir + "/log", "w", encoding="utf-8")
        self.process = subprocess.Popen([self.bin + "/postgres", "-D", data], cwd="/",
                                        stdout=self.log, stderr=self.log, **self.user)
        self.conn = f"host={self.dir} user=postgres dbname=postgres"
        ready = [self.bin + "/pg_isready", "-q", "-h", self.dir, "-U", "postgres"]
        until = time.monotonic() + 60
        while subprocess.run(ready, check=False).returncode != 0:
            if time.monotonic() > until or self.process.poll() is not None:
                sys.exit(f"PostgreSQL does not start: {self.dir}/log")
            time.sleep(0.05)

    def load(self, *words, keep=True):
        return self.bench.run("bench_pg", "--conn", self.conn, "--disk", self.bench.home,
                              *words, keep=keep)

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait()
        self.log.close()


class Service:
    def __init__(self, bench, name):
        self.bench = bench
        self.program = os.path.join(bench.args.bin, "kusanone-" + name)
        self.config = os.path.join(bench.home, "kusanone", name + ".yaml")
        self.log = open(os.path.join(bench.home, name + ".log"), "a", encoding="utf-8")
        self.process = None

    def start(self):
        self.process = subprocess.Popen([self.program, self.config], stdout=self.log,
                                        stderr=self.log)

    def stop(self, how=signal.SIGTERM):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None

    def private_mib(self):
        return memory(self.process.pid, "Private_Dirty")


class Run:
    def __init__(self, args, home):
        self.bench = Bench(args, home)
        self.args = args
        self.dir = os.path.join(home, "kusanone")
        os.mkdir(self.dir, 0o700)
        self.pg = self.aggregation = self.intake = None
        quick = args.quick
        self.prefill = 100000 if quick else 1000000
        self.n_full = 20000 if quick else 300000  # A second or two of either side.
        self.n = 20000 if quick else 100000
        self.n_mixed = 20000 if quick else 200000
        self.n_single = 5000 if quick else 40000
        self.posts = 200 if quick else 2000
        self.n_receipt = 200 if quick else 1000
        self.n_watch = 30 if quick else 200
        self.next = 0  # Events sent in order so far.
        self.submitted = 0

    def wants(self, row):
        return row in self.args.only

    def feed(self, *words, keep=True):
        return self.bench.run("bench_load", "feed", "--dir", self.dir, *words, keep=keep)

    def ask(self, command, *words, keep=True):
        return self.bench.run("bench_ask", command, "--dir", self.dir, *words, keep=keep)

    def start_aggregation(self):
        """Start it; seconds until its first answer."""
        begun = time.monotonic()
        self.aggregation.start()
        return self.ask("probe", keep=False)["probe.at"] - begun

    def prepare(self):
        bench = self.bench
        say(f"filling both stores with {self.prefill} records")
        self.pg = Postgres(bench)
        self.pg.load("--init", 1, keep=False)
        self.pg.load("--n", self.prefill, keep=False)
        bench.run("bench_load", "init", "--dir", self.dir, "--address",
                  f"tcp://127.0.0.1:{free_port()}", "--as", POST, keep=False)
        self.aggregation = Service(bench, "aggregation")
        self.intake = Service(bench, "intake")
        self.start_aggregation()
        bench.note("memory.aggregation.idle", self.aggregation.private_mib(), "MiB")
        self.intake.start()
        time.sleep(1)
        bench.note("memory.intake.idle", self.intake.private_mib(), "MiB")
        self.intake.stop()
        bench.run("bench_load", "enrol", "--dir", self.dir, "--posts", self.posts, "--as",
                  POST, keep=False)
        step = min(self.prefill, 200000)
        for first in range(0, self.prefill, step):
            self.feed("--n", step, "--first", first, keep=False)
        self.next = self.prefill
        time.sleep(3)  # The view's next checkpoint.
        bench.note("memory.aggregation.full", self.aggregation.private_mib(), "MiB")
        bench.note("memory.pg", memory(self.pg.process.pid, "Pss"), "MiB")
        records = self.prefill + self.posts
        for part in ("log", "view"):
            size = disk_bytes(os.path.join(self.dir, "state", part))
            bench.note(f"disk.{part}", size / records, "B/record")
        tables = subprocess.check_output(
            [self.pg.bin + "/psql", "-h", self.pg.dir, "-U", "postgres", "-AtqXc",
             "SELECT sum(pg_total_relation_size(c)) FROM"
             " unnest(ARRAY['events', 'log', 'totals']::regclass[]) c"], text=True, cwd="/")
        bench.note("disk.pg", int(tables) / self.prefill, "B/record")

    def measured(self, name, pid, records, load):
        """A load, with what it costs the server's processor: steady where rates are not."""
        before = cpu_seconds(pid)
        load()
        self.bench.note(name + ".cpu", (cpu_seconds(pid) - before) / records * 1e6, "us")

    def ours(self, name, n, *words):
        self.measured(name, self.aggregation.process.pid, n,
                      lambda: self.feed("--name", name, "--n", n, *words))

    def theirs(self, name, n, *words):
        self.measured(name, self.pg.process.pid, n,
                      lambda: self.pg.load("--name", name, "--n", n, *words))

    def catch_up(self, number):
        """Nobody listens and nobody watches: the peer has neither to serve."""
        bench = self.bench
        self.intake.stop()
        self.aggregation.stop()
        self.start_aggregation()
        if self.wants("full"):
            first = ("--first", self.next)
            self.next += self.n_full
            self.theirs("pg.full.two", self.n_full, *first)
            self.ours("full", self.n_full, *first)
            # Other events for the peer with one connection.
            self.theirs("pg.full.one", self.n_full, "--connections", 1, "--depth", 4, "--first",
                        500000000 + number * self.n_full)
            bench.ratio("full.to_pg", "full.rate", "pg.full.two.rate")
        if self.wants("mixed"):
            words = ("--first", 600000000 + number * self.n_mixed, "--posts", self.posts,
                     "--mixed", 1)
            self.theirs("pg.mixed.two", self.n_mixed, *words)
            self.ours("mixed", self.n_mixed, *words)
            bench.ratio("mixed.to_pg", "mixed.rate", "pg.mixed.two.rate")
        if self.wants("corrections"):
            words = ("--first", number * self.n, "--among", self.prefill, "--revision", 2)
            self.theirs("pg.corrections.two", self.n, *words)
            self.ours("corrections", self.n, *words)
            bench.ratio("corrections.to_pg", "corrections.rate", "pg.corrections.two.rate")
        if self.wants("single"):
            self.ours("single", self.n_single, "--per-block", 1, "--first",
                      700000000 + number * self.n_single)

    def listened(self):
        """A post takes its share of the log; then the same load while it listens."""
        self.intake.start()
        self.ask("settle")
        if self.wants("full"):
            self.ours("listened", self.n, "--first", self.next)
            self.next += self.n
        self.ask("settle", keep=False)
        self.bench.note("memory.aggregation.end", self.aggregation.private_mib(), "MiB")
        self.bench.note("memory.intake.end", self.intake.private_mib(), "MiB")

    def fresh_dir(self):
        """A new environment for bare commits: an old one has free pages."""
        path = os.path.join(self.bench.home, "raw")
        shutil.rmtree(path, ignore_errors=True)
        os.mkdir(path)
        return path

    def receipts(self, name):
        bench = self.bench
        bench.run("bench_ask", "receipt", "--dir", self.dir, "--name", name, "--as", POST,
                  "--raw", self.fresh_dir(), "--n", self.n_receipt, "--first",
                  900000000 + self.submitted)
        self.submitted += self.n_receipt
        for q in ("p50", "p99"):
            bench.ratio(f"{name}.to_commit.{q}", f"{name}.{q}", f"{name}.raw_commit.{q}")
            bench.ratio(f"{name}.to_bare.{q}", f"{name}.{q}", f"lmdb.commit.{q}")
            bench.ratio(f"{name}.to_pg.{q}", f"{name}.{q}", f"pg.receipt.{q}")

    def waits(self, number):
        bench = self.bench
        if self.wants("commit"):
            bench.run("bench_commit", "--dir", self.fresh_dir(), "--n", self.n_receipt)
        if self.wants("receipt"):
            self.pg.load("--name", "pg.receipt", "--connections", 1, "--batch", 1, "--depth",
                         1, "--n", self.n_receipt, "--first",
                         800000000 + number * self.n_receipt)
            self.receipts("receipt")
        if self.wants("watch"):
            self.ask("watch", "--as", POST, "--raw", self.fresh_dir(), "--n", self.n_watch, "--first",
                     900000000 + self.submitted)
            self.submitted += self.n_watch
            for q in ("p50", "p99"):
                beyond = bench.last(f"watch.{q}") - 2 * bench.last("watch.raw_commit.p50")
                bench.note(f"watch.beyond_two_commits.{q}", beyond / 1000, "ms")
        if self.wants("receipt"):
            # The intake alone: nobody else commits what it has just said.
            self.aggregation.stop()
            self.receipts("away")

    def filled(self):
        """On the store as it was filled, before the rounds let it grow."""
        for again in range(self.args.rounds):
            await_quiet(self.args.quiet)
            neighbours = Neighbours()
            if self.wants("totals"):
                self.ask("totals", "--rounds", 10)
                self.scans()
                self.bench.note("machine.others.totals", neighbours.percent(), "%")
            neighbours = Neighbours()
            if self.wants("restart"):
                self.aggregation.stop(signal.SIGKILL)
                self.bench.note("restart.with_view", self.start_aggregation(), "s")
                self.aggregation.stop(signal.SIGKILL)
                shutil.rmtree(os.path.join(self.dir, "state", "view"))
                self.bench.note("restart.without_view", self.start_aggregation(), "s")
                self.bench.note("machine.others.restarts", neighbours.percent(), "%")
                time.sleep(3)  # The view's next checkpoint.
            say(f"totals and restarts {again + 1} of {self.args.rounds}")

    def scans(self):
        """What bench_query measures: the scan without process, socket and protobuf."""
        out = subprocess.check_output(
            [os.path.join(self.args.bin, "bench_query"), str(self.prefill), "20"], text=True)
        wanted = {"events": "scan.all", "events by post,fy": "scan.fy_post",
                  "municipalities by state": "scan.towns_by_state"}
        for line in out.splitlines():
            # Name, rows, figure, fastest, median and 99th percentile in ms.
            cells = line.rsplit(None, 5)
            if len(cells) == 6 and cells[0] in wanted:
                self.bench.note(wanted[cells[0]] + ".p50", float(cells[4]), "ms")

    def round(self, number):
        await_quiet(self.args.quiet)
        load = os.getloadavg()[0]
        self.bench.note("machine.load", load, "")
        neighbours = Neighbours()
        self.catch_up(number)
        self.listened()
        self.bench.note("machine.others.loads", neighbours.percent(), "%")
        neighbours = Neighbours()
        self.waits(number)
        self.bench.note("machine.others.waits", neighbours.percent(), "%")
        others = [self.bench.last("machine.others." + w) for w in ("loads", "waits")]
        say("round %d of %d, load %.2f, others took %.0f %% and %.0f %%"
            % (number + 1, self.args.rounds, load, *others))

    def all(self):
        self.prepare()
        self.filled()
        for number in range(self.args.rounds):
            self.round(number)

    def stop(self):
        for service in (self.intake, self.aggregation, self.pg):
            if service is not None:
                service.stop()


# What the table shows: heading, or (figure, what it is, target).
TABLE = [
    "Catch-up: posts → aggregation, totals live, durable",
    ("full.rate", "full blocks, 18 posts", ""),
    ("pg.full.two.rate", "PostgreSQL, 2 connections", ""),
    ("pg.full.one.rate", "PostgreSQL, 1 connection", ""),
    ("full.to_pg", "**ours ÷ PostgreSQL, 2 connections**", "≥ 1.5 now, ≥ 3 later"),
    ("full.record", "a record", ""),
    ("full.records_per_block", "records in a block", ""),
    ("full.cpu", "processor time of the service, a record", ""),
    ("pg.full.two.cpu", "PostgreSQL: processor time of its processes, a record", ""),
    ("full.written", "written to the disk", ""),
    ("full.flushes", "flushes", ""),
    ("pg.full.two.written", "PostgreSQL: written to the disk", ""),
    ("pg.full.two.flushes", "PostgreSQL: flushes", ""),
    ("listened.rate", "full blocks, while one post's intake listens", ""),
    ("listened.cpu", "processor time of the service, a record", ""),
    ("settle.rate", "records of HQ's log that a post's intake takes in", ""),
    ("mixed.rate", "2,000 nodes, dates all mixed", ""),
    ("pg.mixed.two.rate", "PostgreSQL, 2 connections", ""),
    ("mixed.to_pg", "**ours ÷ PostgreSQL**", "≥ 1.5 later"),
    ("mixed.cpu", "processor time of the service, a record", ""),
    ("pg.mixed.two.cpu", "PostgreSQL: processor time, a record", ""),
    ("mixed.written", "written to the disk", ""),
    ("corrections.rate", "corrections of random old events", ""),
    ("pg.corrections.two.rate", "PostgreSQL, 2 connections", ""),
    ("corrections.to_pg", "**ours ÷ PostgreSQL**", "≥ 1.5 later"),
    ("corrections.cpu", "processor time of the service, a record", ""),
    ("pg.corrections.two.cpu", "PostgreSQL: processor time, a record", ""),
    ("corrections.written", "written to the disk", ""),
    ("single.rate", "blocks of one record", "≥ 15,000 later"),
    ("single.cpu", "processor time of the service, a record", ""),
    "One record: receipt from intake, on its disk",
    ("lmdb.commit.p50", "bare LMDB commit, one after the other, p50", ""),
    ("lmdb.commit.p99", "the same, p99", ""),
    ("lmdb.commit.flushes", "its flushes", ""),
    ("away.p50", "receipt at the client, HQ away, p50", ""),
    ("away.p99", "the same, p99", ""),
    ("away.raw_commit.p50", "bare commit by turns with those receipts, p50", ""),
    ("away.to_commit.p50", "**receipt ÷ bare commit by turns, p50**", "≤ 1.6"),
    ("away.to_commit.p99", "**the same, p99**", "≤ 1.6"),
    ("away.to_bare.p50", "**receipt ÷ bare commit one after the other, p50**", "≤ 1.6"),
    ("receipt.p50", "receipt at the client, HQ there and committing too, p50", ""),
    ("receipt.p99", "the same, p99", ""),
    ("receipt.raw_commit.p50", "bare commit by turns with those receipts, p50", ""),
    ("receipt.to_commit.p50", "receipt ÷ bare commit by turns, p50", ""),
    ("receipt.to_commit.p99", "the same, p99", ""),
    ("pg.receipt.p50", "PostgreSQL, one at a time, p50", ""),
    ("pg.receipt.p99", "the same, p99", ""),
    ("away.to_pg.p50", "receipt (HQ away) ÷ PostgreSQL, p50", ""),
    "One record: officer's submit → changed total at a watcher of HQ",
    ("watch.p50", "p50", ""),
    ("watch.p99", "p99", ""),
    ("watch.beyond_two_commits.p50", "p50 beyond two bare commits", "≤ 1 ms later"),
    ("watch.beyond_two_commits.p99", "p99 beyond two bare commits", "≤ 5 ms later"),
    "Totals at the socket",
    ("totals.now.p50", "any grouping and filter, p50", ""),
    ("totals.now.p99", "any grouping and filter, p99", "≤ 15 ms later"),
    ("totals.as_of.p50", "as of a past position, p50", ""),
    ("totals.as_of.p99", "as of a past position, p99", "≤ 15 ms later"),
    ("totals.all.p50", "one figure, p50", ""),
    ("totals.fy_post.p50", "by fiscal year and post, p50", ""),
    ("totals.fy_post_pillar_format.p50", "by four dimensions, p50", ""),
    ("totals.month_state.p50", "by month and state, p50", ""),
    ("totals.towns_by_state.p50", "municipalities by state, p50", ""),
    ("totals.sessions_by_month.p50", "sessions by month, p50", ""),
    ("scan.all.p50", "the scan alone: one figure, p50", ""),
    ("scan.fy_post.p50", "the scan alone: by fiscal year and post, p50", ""),
    ("scan.towns_by_state.p50", "the scan alone: municipalities by state, p50", ""),
    "Restart to the first answer, after kill -9",
    ("restart.with_view", "with the view", "≤ 1 s later"),
    ("restart.without_view", "without it: the log is folded again", ""),
    "Memory (private dirty) and disk",
    ("memory.aggregation.idle", "aggregation, nothing in it", "≤ 8 MiB later"),
    ("memory.aggregation.full", "aggregation, store filled", "≤ 160 MiB later"),
    ("memory.aggregation.end", "aggregation, after the loads of a round", ""),
    ("memory.intake.idle", "intake, nothing in it", "≤ 8 MiB later"),
    ("memory.intake.end", "intake, after it has heard them", ""),
    ("memory.pg", "PostgreSQL, store filled (PSS)", ""),
    ("disk.log", "log", ""),
    ("disk.view", "view", ""),
    ("disk.to_record", "**log and view ÷ the record**", "≤ 1.8 later"),
    ("disk.pg", "PostgreSQL, without its WAL", ""),
    "Machine",
    ("machine.load", "load average before a round", ""),
    ("machine.others.loads", "taken by others during catch-up", f"≤ {QUIET_PERCENT}"),
    ("machine.others.waits", "taken by others during receipts and watch",
     f"≤ {QUIET_PERCENT}"),
    ("machine.others.totals", "taken by others during totals", f"≤ {QUIET_PERCENT}"),
    ("machine.others.restarts", "taken by others during restarts", f"≤ {QUIET_PERCENT}"),
    ("disk.append_flush.p50", "flush of a small append, p50", ""),
]


def number(value):
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def shown(figure):
    values, unit = figure
    if unit == "us" and statistics.median(values) >= 1000:
        values, unit = [v / 1000 for v in values], "ms"
    unit = {"us": "µs", "x": "×"}.get(unit, unit)
    cells = [min(values), statistics.median(values), max(values)]
    return [number(c) for c in cells] + [unit]


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        model = next((l.split(":")[1].strip() for l in f if l.startswith("model name")), "?")
    with open("/proc/meminfo", encoding="ascii") as f:
        ram = int(f.readline().split()[1]) / 1024 / 1024
    return (f"{os.cpu_count()} cores ({model}), {ram:.0f} GiB, Linux {os.uname().release}, "
            f"{filesystem()}")


def filesystem():
    where = subprocess.check_output(
        ["stat", "-f", "-c", "%T", tempfile.gettempdir()], text=True).strip()
    return {"ext2/ext3": "ext4"}.get(where, where)


def table(run):
    bench, f = run.bench, run.bench.figures
    if "disk.log" in f and "full.record" in f:
        bench.note("disk.to_record", (f["disk.log"][0][0] + f["disk.view"][0][0]) /
                   f["full.record"][0][0], "x")
    out = [f"Machine: {machine()}; {run.args.rounds} rounds, interleaved, on stores that held "
           f"{run.prefill:,} records before the first"
           + (". **A quick run: no figure to quote.**" if run.args.quick else ".")]
    disturbed = [name.rpartition(".")[2] for name in f if name.startswith("machine.others.")
                 and max(f[name][0]) > QUIET_PERCENT]
    if disturbed:
        out += ["", f"**Others took more than {QUIET_PERCENT} % of the machine during: "
                f"{', '.join(disturbed)}. Those rows are no measurement of the product; "
                "run again on a quiet machine (--quiet 60).**"]
    for row in TABLE:
        if isinstance(row, str):
            out += ["", f"**{row}**", "", "| | min | median | max | | target |",
                    "|---|--:|--:|--:|---|---|"]
        elif row[0] in f:
            out.append("| " + " | ".join([row[1]] + shown(f[row[0]]) + [row[2]]) + " |")
    return "\n".join(out) + "\n"


def save(text):
    path = os.path.join(HERE, "README.md")
    begin, end = "<!-- table: begin -->", "<!-- table: end -->"
    with open(path, encoding="utf-8") as f:
        page = f.read()
    head, _, rest = page.partition(begin)
    _, found, tail = rest.partition(end)
    if not found:
        sys.exit(f"{path} has no markers for the table")
    with open(path, "w", encoding="utf-8") as f:
        f.write(head + begin + "\n" + text + end + tail)


def write_figures(figures, file):
    """Every figure with its value in each round."""
    for name, (values, unit) in figures.items():
        print(name, *(f"{v:.6g}" for v in values), unit, sep="\t", file=file)


def main():
    parser = argparse.ArgumentParser(prog="tests/bench/run.sh")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--quiet", type=float, default=0, metavar="MINUTES")
    parser.add_argument("--save", action="store_true")
    parser.add_argument("--bin", required=True)
    parser.add_argument("--figures", metavar="FILE")
    parser.add_argument("--only", default=",".join(ROWS))
    args = parser.parse_args()
    args.only = args.only.split(",")
    unknown = set(args.only) - set(ROWS)
    if unknown:
        parser.error(f"--only knows {', '.join(ROWS)}")
    args.rounds = args.rounds or (2 if args.quick else 5)
    # The corrections take each old event at most once.
    if args.rounds > 10 or (args.quick and args.rounds > 5):
        parser.error("at most 10 rounds (5 with --quick)")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    home = tempfile.mkdtemp(prefix="kusanone-bench-")
    os.chmod(home, 0o711)
    if filesystem() in ("tmpfs", "overlayfs"):
        say(f"warning: {tempfile.gettempdir()} is {filesystem()}, no disk; set TMPDIR")
    run = Run(args, home)
    try:
        run.all()
        text = table(run)
    except BaseException:
        # Not a table, and never saved: what was measured before it went wrong.
        write_figures(run.bench.figures, sys.stderr)
        raise
    finally:
        run.stop()
        for name in ("aggregation.log", "intake.log"):
            path = os.path.join(home, name)
            if sys.exc_info()[0] is not None and os.path.exists(path):
                with open(path, encoding="utf-8") as f:
                    sys.stderr.write(f.read()[-2000:])
        shutil.rmtree(home, ignore_errors=True)
    sys.stdout.write(text)
    if args.figures:
        with open(args.figures, "w", encoding="utf-8") as f:
            write_figures(run.bench.figures, f)
    if args.save:
        save(text)


if __name__ == "__main__":
    main()
