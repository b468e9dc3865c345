"""./scripts/compare peers after it has set up and built: what gevent, eventlet and asyncio do, and we."""

import argparse
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from comparison import machine, measure, table
from comparison.counters import Sampler, cpu_seconds
from comparison.held_client import Client
from comparison.load import LoadFailed, Result, pairs
from comparison.process import LOAD_CORE, SERVER_CORE, Process, conduct, free_port

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCE = ROOT / "scripts" / "contenders"
PYTHON = "/usr/bin/python3"
MONKEY = f"env PYTHONPATH={{source}} {PYTHON} -m gevent.monkey"
CONNECTIONS = 256
PAGES, AT_ONCE = 3000, 200
PAGE = "A page that all crawlers fetch.\n" * 32
HEAD = ["job", "by", "requests/s", "p50 ms", "p99 ms", "CPU us/req", "threads", "RSS MiB"]
COLUMNS = ("requests_per_s", "p50_ms", "p99_ms", "cpu_us", "threads", "rss_mib")


@dataclass(frozen=True)
class Peer:
    """Who does the jobs. {unblock}, {tools} and {source} are replaced; ports and the rest are added."""

    name: str
    about: str
    server: str   # PORT echo|http
    crawler: str  # PORT PAGES AT_ONCE
    package: str = "python3"


THREADED_SERVER, THREADED_CRAWLER = "{source}/threading_server.py", "{source}/crawl.py threads"
PEERS = (
    Peer("gevent", "StreamServer; Pool", f"{PYTHON} {{source}}/gevent_server.py",
         f"{PYTHON} {{source}}/crawl.py gevent", "python3-gevent"),
    Peer("eventlet", "eventlet.serve; GreenPool", f"{PYTHON} {{source}}/eventlet_server.py",
         f"{PYTHON} {{source}}/crawl.py eventlet", "python3-eventlet"),
    Peer("asyncio", "streams", f"{PYTHON} {{source}}/asyncio_server.py",
         f"{PYTHON} {{source}}/crawl.py asyncio"),
    Peer("threads", "ThreadingTCPServer; ThreadPoolExecutor", f"{PYTHON} {THREADED_SERVER}",
         f"{PYTHON} {THREADED_CRAWLER}"),
    Peer("threads, gevent.monkey", "the same files", f"{MONKEY} {THREADED_SERVER}",
         f"{MONKEY} {THREADED_CRAWLER}", "python3-gevent"),
    Peer("threads, unblocked", "the same files", f"{{unblock}} {PYTHON} {THREADED_SERVER}",
         f"{{unblock}} {PYTHON} {THREADED_CRAWLER}"),
    Peer("C and C++, linked", "unblock.h, unblock.hpp", "{tools}/contender_linked",
         "{tools}/contender_crawl", ""),
)
JOBS = {"echo": f"64-byte echo, {CONNECTIONS} connections",
        "http": f"128-byte HTTP answers, keep-alive, {CONNECTIONS} connections",
        "crawl": f"{PAGES:,} pages of 1 KiB, {AT_ONCE} at once, a connection each"}


def version(package: str) -> str:
    """Of a Debian package."""
    if not package:
        return "ours"
    done = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package], capture_output=True, text=True,
                          check=False)
    return f"{package} {done.stdout.strip()}"


class Peers:
    """The rounds, and what they showed."""

    def __init__(self, options: argparse.Namespace):
        self._options = options
        self._tools = options.unblock.parent / "scripts"
        self._names = {"unblock": str(options.unblock), "tools": str(self._tools), "source": str(SOURCE)}
        self.rows: dict[tuple[str, str], list[measure.Row]] = {}
        self.failures: dict[tuple[str, str], str] = {}

    def run(self, jobs: list[str]) -> None:
        """Each job by everybody in turn, so that what changes on the machine hits all alike."""
        for number in range(self._options.rounds):
            for job in jobs:
                print(f"round {number + 1}/{self._options.rounds}: {job}", file=sys.stderr, flush=True)
                for peer in PEERS:
                    self._once(job, peer)

    def _once(self, job: str, peer: Peer) -> None:
        key = (job, peer.name)
        if key in self.failures:
            return
        try:
            with tempfile.TemporaryDirectory(prefix="unblock-peers-") as directory:
                once = self._crawl if job == "crawl" else self._serve
                self.rows.setdefault(key, []).append(once(job, peer, Path(directory)))
        except (LoadFailed, RuntimeError, OSError, subprocess.SubprocessError) as error:
            self.failures[key] = str(error)
            print(f"  {peer.name} failed: {error}", file=sys.stderr)

    def _serve(self, job: str, peer: Peer, directory: Path) -> measure.Row:
        port = free_port()
        server = Process([*peer.server.format(**self._names).split(), str(port), job], directory / "log",
                         SERVER_CORE, directory)
        options = ["--http", "128"] if job == "http" else []
        try:
            server.wait_ready(port)
            with Client(f"{self._tools}/load_client", port, CONNECTIONS, self._options.seconds,
                        options) as client:
                before = cpu_seconds(server.pids())
                with Sampler(server.pids) as seen:
                    result = client.load()
                return row(result, cpu_seconds(server.pids()) - before, seen)
        finally:
            server.kill()

    def _crawl(self, _job: str, peer: Peer, directory: Path) -> measure.Row:
        port = free_port()
        (directory / "page").write_text(PAGE)
        backend = Process([f"{self._tools}/load_backend", str(port), "http", str(directory / "page")],
                          directory / "backend", LOAD_CORE, directory)
        try:
            backend.wait_ready(port)
            command = [*peer.crawler.format(**self._names).split(), str(port), str(PAGES), str(AT_ONCE)]
            crawler = Process(command, directory / "log", SERVER_CORE, directory)
            try:
                with Sampler(crawler.pids) as seen:
                    crawler.child.wait(120)
                printed = (directory / "log").read_text()
                result = pairs(printed)
                return row(result, float(re.search(r"cpu_s=([\d.]+)", printed)[1]), seen)
            finally:
                crawler.kill()
        finally:
            backend.kill()

    def table(self, jobs: list[str]) -> str:
        """A line for each job and peer."""
        lines = []
        for job in jobs:
            for peer in PEERS:
                if (job, peer.name) in self.failures:
                    lines.append([job, peer.name, "failed: " + self.failures[job, peer.name]])
                else:
                    middle = measure.median(self.rows[job, peer.name])
                    figures = (table.figure(getattr(middle, column)) for column in COLUMNS)
                    lines.append([job, peer.name, *figures])
        return table.render(HEAD, lines)


def row(result: Result, cpu: float, seen: Sampler) -> measure.Row:
    """What one run showed. Raises LoadFailed if it did not do all of its work."""
    if result.errors or not result.requests:
        raise LoadFailed(f"{result.errors} errors, {result.requests} requests")
    return measure.Row(requests_per_s=result.requests / result.seconds, p50_ms=result.p50, p99_ms=result.p99,
                       cpu_us=cpu / result.requests * 1e6, threads=seen.threads, rss_mib=seen.rss_mib)


def options_parser() -> argparse.ArgumentParser:
    """The command line; its --help is the documentation."""
    parser = argparse.ArgumentParser(
        prog="compare peers", description="The same jobs (echo, HTTP, crawl) by gevent, eventlet, asyncio, "
        "threads, those under gevent.monkey and unblocked, and in C and C++ with the library linked.")
    add = parser.add_argument
    add("--only", metavar="JOB,...", default=",".join(JOBS), help="these jobs only: " + ", ".join(JOBS))
    add("--rounds", type=int, default=3, metavar="N", help="runs of each (default 3)")
    add("--seconds", type=float, default=1, metavar="S", help="length of a load (default 1)")
    add("--unblock", type=Path, default=ROOT / "build" / "unblock", metavar="PATH",
        help="the launcher (default: the one in ./build, which is built first)")
    return parser


def compare(options: argparse.Namespace, jobs: list[str]) -> int:
    """Returns 1 when any run failed."""
    busy = machine.busy_before()
    peers = Peers(options)
    peers.run(jobs)
    print(machine.describe(options.unblock), *(f"  {peer.name:22}  {version(peer.package)}: {peer.about}"
                                               for peer in PEERS),
          *(f"  {job:22}  {JOBS[job]}" for job in jobs), "Mind that:",
          f"  - Medians of {options.rounds} short rounds, all by turns, on core {SERVER_CORE}; who loads"
          f" them, or what they load, on core {LOAD_CORE}.", sep="\n")
    if busy > 0.1:
        print(f"  - Other work kept {busy:.0%} of this machine busy before: trust CPU per request.")
    print("", peers.table(jobs), sep="\n")
    return 1 if peers.failures else 0


def main() -> int:
    """Returns the exit status."""
    options = options_parser().parse_args()
    options.unblock = options.unblock.resolve()
    jobs = options.only.split(",")
    if unknown := set(jobs) - set(JOBS):
        sys.exit(f"compare peers: no job named {', '.join(sorted(unknown))}; there are {', '.join(JOBS)}")
    return conduct(lambda: compare(options, jobs), LOAD_CORE)


if __name__ == "__main__":
    sys.exit(main())
