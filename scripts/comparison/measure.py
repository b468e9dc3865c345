"""One measured run of a server in one mode, and the median of several."""

import statistics
import threading
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Optional

from . import clients, load
from .counters import Sampler, SystemCalls, cpu_seconds, shared_memory_mib
from .server import Server
from .stage import Stage


@dataclass
class Row:
    """What a run, or the median of runs, showed. None: not measured."""

    requests_per_s: Optional[float] = None
    p50_ms: Optional[float] = None
    p99_ms: Optional[float] = None
    cpu_us: Optional[float] = None        # per request
    system_calls: Optional[float] = None  # per request
    threads: Optional[float] = None       # kernel threads, peak during the load
    rss_mib: Optional[float] = None       # peak during the load
    pss_mib: Optional[float] = None       # once, in the middle of a load


def run_once(server: Server, tools: Path, launcher: Optional[Path], seconds: float, count: bool) -> Row:
    """Starts the server, checks what it serves, loads it, checks again, ends it. With `count` a second load
    follows for what costs time to look at: system calls and PSS."""
    with Stage(server, tools, launcher) as stage:
        clients.check_content(server.exchange, stage.values)
        row = _loaded(server, stage, seconds)
        if count:
            _count(server, stage, seconds, row)
        clients.check_content(server.exchange, stage.values)
        return row


def _loaded(server: Server, stage: Stage, seconds: float) -> Row:
    before = cpu_seconds(stage.process.pids())
    with Sampler(stage.process.pids) as seen:
        result = load.run(server.load, stage.values, seconds)
    cpu = cpu_seconds(stage.process.pids()) - before
    return Row(requests_per_s=result.requests / result.seconds, p50_ms=result.p50, p99_ms=result.p99,
               cpu_us=cpu / result.requests * 1e6, threads=seen.threads, rss_mib=seen.rss_mib)


def _count(server: Server, stage: Stage, seconds: float, row: Row) -> None:
    def look() -> None:
        row.pss_mib = shared_memory_mib(stage.process.pids())

    middle = threading.Timer(seconds / 2, look)
    middle.start()
    calls = None if SystemCalls.unusable else SystemCalls(stage.process.pids())
    try:
        result = load.run(server.load, stage.values, seconds)
    finally:
        total = calls.stop() if calls else None
        middle.join()
    if total is not None:
        row.system_calls = total / result.requests


def median(rows: list[Row]) -> Row:
    """Each column's median over the runs that measured it."""
    answer = Row()
    for column in fields(Row):
        seen = [value for row in rows if (value := getattr(row, column.name)) is not None]
        if seen:
            setattr(answer, column.name, statistics.median(seen))
    return answer


def ratio(unblocked: Row, native: Row) -> Row:
    """Unblocked divided by native, column by column."""
    answer = Row()
    for column in fields(Row):
        above, below = getattr(unblocked, column.name), getattr(native, column.name)
        if above is not None and below:
            setattr(answer, column.name, above / below)
    return answer
