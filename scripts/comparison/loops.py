"""Servers with event loops of their own in ./scripts/compare: they must not lose by being unblocked.

A percent is not seen in rounds that follow one another on a busy machine. So in each start the server runs
three times at once, natively, natively again, and unblocked, and short loads go to them in random order: a
round is one load for each. A start shows the median over its rounds of one's CPU time per request divided by
the first's; the second's, divided by its like, shows what the method can tell. Each start has another layout
of memory, since the kernel randomises stacks and mappings: what is due to that, such as the environment's
place, is in the spread.

The client shares the server's core and neither interrupts the other (SCHED_BATCH, sched(7)): it sends all its
requests, then the server finds all of them. So how many events a server finds at a time, on which its CPU
time depends more than on anything else, does not depend on who is how fast."""

import argparse
import contextlib
import os
import random
import statistics
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Optional

from . import clients, load, machine, spread, table
from .counters import SystemCalls, cpu_ns
from .held_client import Client
from .process import SERVER_CORE, pin
from .server import Server
from .stage import Stage

NAME = "loops"  # for --only, beside the servers'
STARTS, ROUNDS = 9, 10
WARM_UP = 5  # rounds that do not count
REQUESTS = 1000  # of a load
PATIENCE = 20  # seconds for it
ALLOWED = 1.02
NATIVE, AGAIN, UNBLOCKED = MODES = ("native", "native again", "unblocked")
HEAD = ["server", "threads", "CPU us/req", "unblocked / native", "native / native", "syscalls/req",
        "unblocked / native", "native / native"]
FAILURES = (load.LoadFailed, clients.WrongContent, RuntimeError, OSError, subprocess.SubprocessError)


def _never_interrupt(thread: int) -> None:
    os.sched_setscheduler(thread, os.SCHED_BATCH, os.sched_param(0))


def _prepare_client() -> None:
    pin(SERVER_CORE)
    _never_interrupt(0)


def _kernel_threads(pids: list[int]) -> list[int]:
    return [int(thread) for pid in pids for thread in os.listdir(f"/proc/{pid}/task")]


class Loaded:
    """A running server and its client, whose connections are open, and idle between loads."""

    def __init__(self, server: Server, options: argparse.Namespace, mode: str, life: contextlib.ExitStack):
        """`life` ends both."""
        unblock = options.unblock if mode == UNBLOCKED else None
        stage = life.enter_context(Stage(server, options.tools, unblock))
        size = clients.answer_size(server.load.path(), stage.values)
        self._pids = stage.process.pids()
        for thread in _kernel_threads(self._pids):
            _never_interrupt(thread)
        arguments = ["--requests", str(REQUESTS), "--http", str(size), "--path", server.load.path()]
        self._client = life.enter_context(Client(
            f"{options.tools}/load_client", int(stage.values["port"]), server.load.connections, PATIENCE,
            arguments, _prepare_client))

    def threads(self) -> int:
        """Kernel threads, of all its processes."""
        return len(_kernel_threads(self._pids))

    def cpu_us(self) -> float:
        """CPU time of a request, after a load."""
        before = cpu_ns(self._pids)
        requests = self._client.load().requests
        return (cpu_ns(self._pids) - before) / 1000 / requests

    def system_calls(self) -> Optional[float]:
        """Of a request, after a load. None: it could not be counted."""
        calls = SystemCalls(self._pids)
        try:
            requests = self._client.load().requests
        finally:
            total = calls.stop()
        return total / requests if total is not None else None


@dataclass
class Start:
    """What one start showed, by mode."""

    cpu_us: dict[str, list[float]] = field(default_factory=lambda: {mode: [] for mode in MODES})
    system_calls: dict[str, Optional[float]] = field(default_factory=dict)
    threads: dict[str, int] = field(default_factory=dict)

    def cpu_ratio(self, mode: str) -> float:
        """The median, over the rounds, of `mode` divided by native."""
        pairs = zip(self.cpu_us[mode], self.cpu_us[NATIVE])
        return statistics.median(above / below for above, below in pairs)

    def calls_ratio(self, mode: str) -> Optional[float]:
        """System calls of `mode` divided by those of native."""
        above, below = self.system_calls.get(mode), self.system_calls.get(NATIVE)
        return above / below if above is not None and below else None


def _in_random_order() -> list[str]:
    return random.sample(MODES, len(MODES))


def _start(server: Server, options: argparse.Namespace) -> Start:
    """Starts the server in each mode, loads them by turns, ends them."""
    seen = Start()
    with contextlib.ExitStack() as life:
        running = {mode: Loaded(server, options, mode, life) for mode in _in_random_order()}
        for number in range(WARM_UP + ROUNDS):
            for mode in _in_random_order():
                used = running[mode].cpu_us()
                if number >= WARM_UP:
                    seen.cpu_us[mode].append(used)
        for mode in MODES:
            seen.threads[mode] = running[mode].threads()
            if not SystemCalls.unusable:
                seen.system_calls[mode] = running[mode].system_calls()
    return seen


def _ratio(values: list[Optional[float]]) -> str:
    known = [value for value in values if value is not None]
    if not known:
        return "-"
    seen = spread.of(known)
    return f"{seen.median:.3f} ({seen.low:.3f} - {seen.high:.3f})"


def _row(server: Server, starts: list[Start]) -> list[str]:
    calls = [value for start in starts if (value := start.system_calls.get(NATIVE)) is not None]
    threads = [max(start.threads[mode] for start in starts) for mode in (NATIVE, UNBLOCKED)]
    return [server.name, " -> ".join(map(str, threads)),
            table.figure(statistics.median(value for start in starts for value in start.cpu_us[NATIVE])),
            *(_ratio([start.cpu_ratio(mode) for start in starts]) for mode in (UNBLOCKED, AGAIN)),
            table.figure(statistics.median(calls) if calls else None),
            *(_ratio([start.calls_ratio(mode) for start in starts]) for mode in (UNBLOCKED, AGAIN))]


def _caveats(starts: int) -> str:
    return f"""\
  - unblocked / native: the median of {starts} starts, and between what the true one lies with a probability of
    {spread.SURE:.0%}; native / native: how far apart the same program and itself are by the same method.
  - A start: {ROUNDS} rounds of {REQUESTS:,} requests to each, by turns in random order, on connections that are open,
    after {WARM_UP} rounds that do not count, and one in which system calls are counted. Server and client share a
    core and do not interrupt one another: scripts/comparison/loops.py says why."""


def compare(options: argparse.Namespace, servers: list[Server]) -> int:
    """Prints the table. Returns 1 when a start failed, or a server is surely dearer than ALLOWED."""
    rows, failed = [], False
    for server in servers:
        starts = []
        for number in range(options.rounds or STARTS):
            progress = f"start {number + 1}/{options.rounds or STARTS}: {server.name}"
            print(progress, file=sys.stderr, flush=True)
            try:
                starts.append(_start(server, options))
            except FAILURES as error:
                failed = True
                print(f"  failed: {error}", file=sys.stderr)
        if starts:
            rows.append(_row(server, starts))
            failed |= spread.of([start.cpu_ratio(UNBLOCKED) for start in starts]).low > ALLOWED
    print(machine.describe(options.unblock), machine.servers(servers), "Mind that:",
          _caveats(options.rounds or STARTS), "", table.render(HEAD, rows), sep="\n")
    return 1 if failed else 0
