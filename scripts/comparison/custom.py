"""A user's own server and load (--server, --load): the load's time and exit status, the server's cost."""

import argparse
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from . import machine, table
from .counters import Sampler, SystemCalls, cpu_seconds
from .process import LOAD_CORE, pin
from .server import Server, expand
from .stage import Stage

HEAD = ["server", "mode", "load s", "load's exit", "CPU ms", "syscalls", "threads", "RSS MiB"]
LONGEST = 120  # seconds a load may take


@dataclass
class Run:
    """One run of the user's load."""

    seconds: float
    status: int
    cpu_ms: float
    threads: int
    rss_mib: float


def _load(text: str, stage: Stage) -> subprocess.CompletedProcess:
    return subprocess.run(["sh", "-c", expand(text, stage.values)], stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, stderr=sys.stderr, preexec_fn=lambda: pin(LOAD_CORE),
                          timeout=LONGEST, check=False)


def _measured(stage: Stage, text: str) -> Run:
    before, begin = cpu_seconds(stage.process.pids()), time.monotonic()
    with Sampler(stage.process.pids) as seen:
        status = _load(text, stage).returncode
        seconds = time.monotonic() - begin
        seen.sample()
    cpu = cpu_seconds(stage.process.pids()) - before
    return Run(seconds, status, cpu * 1000, seen.threads, seen.rss_mib)


def _count(stage: Stage, text: str) -> Optional[int]:
    calls = SystemCalls(stage.process.pids())
    try:
        _load(text, stage)
    finally:
        total = calls.stop()
    return total


def _row(mode: str, runs: list[Run], calls: Optional[int]) -> list:
    def middle(name: str) -> float:
        return statistics.median(getattr(run, name) for run in runs)

    statuses = ",".join(sorted({str(run.status) for run in runs}))
    return ["yours", mode, middle("seconds"), statuses, middle("cpu_ms"), calls, middle("threads"),
            middle("rss_mib")]


def _ratio(unblocked: list, native: list) -> list[str]:
    def divided(above, below) -> str:
        return table.factor(above / below if above is not None and below else None)

    return ["", "ratio", *("" if i == 3 else divided(unblocked[i], native[i]) for i in range(2, len(HEAD)))]


def _text(row: list) -> list[str]:
    return [cell if isinstance(cell, str) else table.whole(cell) if i in (5, 6) else table.figure(cell)
            for i, cell in enumerate(row)]


def compare(options: argparse.Namespace) -> int:
    """Prints the comparison. Returns 1 when the load's exit status was not the same both ways."""
    server = Server(name="yours", about="", packages=(), command=options.server, load=None)
    SystemCalls.probe()
    busy = machine.busy_before()
    runs: dict[str, list[Run]] = {"native": [], "unblocked": []}
    calls: dict[str, Optional[int]] = {}
    for number in range(options.rounds):
        for mode, seen in runs.items():
            print(f"round {number + 1}/{options.rounds}: {mode}", file=sys.stderr, flush=True)
            launcher: Optional[Path] = options.unblock if mode == "unblocked" else None
            try:
                with Stage(server, options.tools, launcher) as stage:
                    seen.append(_measured(stage, options.load))
                    if number == 0:
                        calls[mode] = None if SystemCalls.unusable else _count(stage, options.load)
            except (RuntimeError, OSError, subprocess.SubprocessError) as error:
                sys.exit(f"compare: your server, {mode}: {error}")
    rows = [_row(mode, seen, calls[mode]) for mode, seen in runs.items()]
    print(machine.describe(options.unblock), "Mind that:", machine.caveats(options.rounds, busy), "",
          table.render(HEAD, [*map(_text, rows), _ratio(rows[1], rows[0])]), sep="\n")
    if options.csv:
        table.write_csv(options.csv, HEAD, rows)
    return 0 if rows[0][3] == rows[1][3] else 1
