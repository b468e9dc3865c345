"""A server whose handlers compute, on single cores and on all, by kernel threads and unblocked: by short turns,
since a core may be half as fast as another, or as itself a second ago; turns.py."""

import contextlib
import os
import random
import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Iterator

from comparison.held_client import Client
from comparison.process import CORES, LOAD_CORE, SERVER_CORE, Process, free_port

from .contenders import Contender

CONNECTIONS = 64
TURN = 0.4   # seconds
ROUNDS = 4   # of a start
WARM_UP = 1  # rounds before that do not count


@dataclass
class Seen:
    """One round: requests per second and milliseconds. Of single cores the mean."""

    one: float
    all: float
    p99_one: float
    p99_all: float

    @property
    def factor(self) -> float:
        """How many single cores' work all do."""
        return self.all / self.one


class Served:
    """A server on some cores, and its client, which takes little and may be on any."""

    def __init__(self, contender: Contender, cores: set[int], build: Path, life: contextlib.ExitStack):
        """`life` ends both."""
        directory = Path(life.enter_context(tempfile.TemporaryDirectory(prefix="unblock-bench-")))
        port = free_port()
        server = Process(contender.arguments(build, port, "compute"), directory / "log", min(cores), directory)
        life.callback(server.kill)
        os.sched_setaffinity(server.pid, cores)
        server.wait_ready(port)
        self._client = life.enter_context(
            Client(str(build / "scripts" / "load_client"), port, CONNECTIONS, TURN, ["--http", "128"],
                   lambda: os.sched_setaffinity(0, CORES)))

    def turn(self) -> tuple[float, float]:
        """Requests per second, and the p99 in milliseconds."""
        result = self._client.load()
        return result.requests / result.seconds, result.p99


def _round(places: list[Served], on_all: Served) -> Seen:
    order = [*places, on_all]
    random.shuffle(order)
    seen = {id(one): one.turn() for one in order}
    single = [seen[id(one)] for one in places]
    rate, p99 = seen[id(on_all)]
    return Seen(statistics.mean(one[0] for one in single), rate, statistics.mean(one[1] for one in single), p99)


def taken(contenders: list[Contender], build: Path,
          made: Callable[[str, Callable], object]) -> Iterator[dict[str, Seen]]:
    """What each of them did, round by round, after one start of all. `made` is as in turns.taken()."""
    with contextlib.ExitStack() as life:
        running = {}
        for one in contenders:
            where = [{core} for core in sorted({SERVER_CORE, LOAD_CORE})] + [set(CORES)]
            if found := made(one.name, lambda: [Served(one, cores, build, life) for cores in where]):
                running[one.name] = found
        for number in range(WARM_UP + ROUNDS):
            seen = {}
            for name in random.sample(list(running), len(running)):
                *places, on_all = running[name]
                if (done := made(name, lambda: _round(places, on_all))) is None:
                    del running[name]
                else:
                    seen[name] = done
            if number >= WARM_UP:
                yield seen
