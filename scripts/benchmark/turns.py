"""CPU per request of contenders that run at once, loaded by turns.

A machine that is shared is half as fast now and then, for a second or a minute: of loads that follow one
another no ratio closer than that can be told. So all contenders serve beside each other, those without a load
idle, and short loads go to them in random order. A round is a turn for each; what it shows is one's CPU time per
request divided by another's in that round. Each start has another layout of memory, so there are several."""

import contextlib
import random
import tempfile
from pathlib import Path
from typing import Callable, Iterator

from comparison.counters import cpu_ns
from comparison.held_client import Client
from comparison.process import SERVER_CORE, Process, free_port

from .contenders import Contender
from .workloads import Workload

ROUNDS = 8              # of a start
WARM_UP = 2             # rounds before that do not count
SHORTEST = 0.1          # seconds of a turn,
EACH_CONNECTION = 2e-5  # and for each connection, so that all have their share of it


class Served:
    """A contender that runs, and its client, whose connections are open, and idle between turns."""

    def __init__(self, contender: Contender, workload: Workload, build: Path, life: contextlib.ExitStack):
        """`life` ends both."""
        directory = Path(life.enter_context(tempfile.TemporaryDirectory(prefix="unblock-bench-")))
        port = free_port()
        server = Process(contender.arguments(build, port, workload.protocol), directory / "log", SERVER_CORE,
                         directory)
        life.callback(server.kill)
        server.wait_ready(port)
        self._pids = server.pids()
        seconds = max(SHORTEST, workload.connections * EACH_CONNECTION)
        self._client = life.enter_context(Client(str(build / "scripts" / "load_client"), port,
                                                 workload.connections, seconds, list(workload.options)))

    def cpu_us(self) -> float:
        """CPU time of a request, after a turn."""
        before = cpu_ns(self._pids)
        requests = self._client.load().requests
        return (cpu_ns(self._pids) - before) / 1000 / requests


def taken(contenders: list[Contender], workload: Workload, build: Path,
          made: Callable[[str, Callable], object]) -> Iterator[dict[str, float]]:
    """CPU us per request by contender, round by round, after one start of all. `made(name, call)` gives what
    `call` does, or None if that failed: without that contender the others go on."""
    with contextlib.ExitStack() as life:
        running = {}
        for one in random.sample(contenders, len(contenders)):
            if served := made(one.name, lambda: Served(one, workload, build, life)):
                running[one.name] = served
        for number in range(WARM_UP + ROUNDS):
            seen = {}
            for name in random.sample(list(running), len(running)):
                if (used := made(name, running[name].cpu_us)) is None:
                    del running[name]
                else:
                    seen[name] = used
            if number >= WARM_UP:
                yield seen
