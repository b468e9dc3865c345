"""One run of a workload on a contender, and what the runs together show."""

import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from comparison.counters import SystemCalls, cpu_seconds
from comparison.held_client import Client
from comparison.process import SERVER_CORE, Process, free_port

from .contenders import Contender
from .memory import Memory
from .workloads import Workload


@dataclass
class Run:
    """What one run showed. None: not measured."""

    requests_per_s: Optional[float] = None
    p50_ms: Optional[float] = None
    p99_ms: Optional[float] = None
    cpu_us: Optional[float] = None          # of the server's, per request
    system_calls: Optional[float] = None    # of the server's, per request
    rss_kib: Optional[float] = None         # per connection, idle, the server's
    tables_kib: Optional[float] = None      # page tables, the same
    available_kib: Optional[float] = None   # of the machine's MemAvailable, both ends' sockets included


def run(contender: Contender, workload: Workload, build: Path, seconds: float, count: bool,
        core: int = SERVER_CORE) -> Run:
    """Starts the server on `core`, opens the connections and looks at them idle; then loads them. With `count` a
    second load follows under perf, for the system calls."""
    with tempfile.TemporaryDirectory(prefix="unblock-bench-") as directory:
        port = free_port()
        server = Process(contender.arguments(build, port, workload.protocol), Path(directory) / "log",
                         core, Path(directory))
        try:
            server.wait_ready(port)
            return _measured(server, workload, build, port, seconds, count)
        finally:
            server.kill()


def _measured(server: Process, workload: Workload, build: Path, port: int, seconds: float,
              count: bool) -> Run:
    client = Client(str(build / "scripts" / "load_client"), port, workload.connections, seconds,
                    list(workload.options))
    before = Memory.now(server.pids())
    with client:
        idle = Memory.now(server.pids()).per_connection(before, workload.connections)
        start = cpu_seconds(server.pids())
        result = client.load()
        used = cpu_seconds(server.pids()) - start
        calls = _count(server, client) if count else None
    return Run(result.requests / result.seconds, result.p50, result.p99, used / result.requests * 1e6, calls,
               idle.rss_kib, idle.tables_kib, idle.available_kib)


def _count(server: Process, client: Client) -> Optional[float]:
    if SystemCalls.unusable:
        return None
    calls = SystemCalls(server.pids())
    requests = 0
    try:
        requests = client.load().requests
    finally:
        total = calls.stop()
    return total / requests if total is not None else None


def values(runs: list[Run], column: str) -> list[float]:
    """A column's figures over the runs that measured it."""
    return [value for one in runs if (value := getattr(one, column)) is not None]


def median(runs: list[Run], column: str) -> Optional[float]:
    """A column's median."""
    seen = values(runs, column)
    return statistics.median(seen) if seen else None
