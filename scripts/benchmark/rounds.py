"""The rounds: every contender in turn, so that what changes on the machine hits all alike."""

import subprocess
import sys
from dataclasses import astuple, fields
from pathlib import Path
from typing import Optional

from comparison import table
from comparison.load import LoadFailed

from . import cores, crowd, daemons, jobs, measure, primitives, serving, turns
from .contenders import Contender
from .workloads import Workload

FAILURES = (LoadFailed, RuntimeError, OSError, subprocess.SubprocessError, ValueError)
COLUMNS = [column.name for column in fields(measure.Run)]


class Rounds:
    """What was measured, by load and contender."""

    def __init__(self, contenders: list[Contender], workloads: list[Workload], build: Path, rounds: int,
                 seconds: float):
        self.contenders, self.workloads, self.rounds = contenders, workloads, rounds
        self._build, self._seconds = build, seconds
        self.runs: dict[tuple[str, str], list[measure.Run]] = {}
        self.failures: dict[tuple[str, str], str] = {}
        self.turns: dict[str, list[dict[str, float]]] = {}  # CPU us per request by contender, in each
        self.primitives: dict[tuple[str, str], list[float]] = {}
        self.sleepers: list[tuple[str, int, primitives.Sleepers]] = []
        self.crowds: list[tuple[str, crowd.Crowd]] = []
        self.jobs: dict[tuple[str, str], list[jobs.Pair]] = {}
        self.daemons: dict[tuple[str, str], list[list[list[serving.Pair]]]] = {}  # in each round, for each load
        self.cores: list[dict[str, cores.Seen]] = []  # by contender, in each round

    def serve(self) -> None:
        """The loads on servers."""
        for workload in self.workloads:
            for number in range(self.rounds):
                self._say(f"{workload.name}: round {number + 1}/{self.rounds}")
                for contender in self.contenders:
                    self._try((workload.name, contender.name), self.runs, lambda: measure.run(
                        contender, workload, self._build, self._seconds, count=number == 0))

    def alternate(self) -> None:
        """The same loads by short turns."""
        for workload in self.workloads:
            for number in range(self.rounds):
                self._say(f"{workload.name}: by turns, start {number + 1}/{self.rounds}")
                able = [one for one in self.contenders if (workload.name, one.name) not in self.failures]
                self.turns.setdefault(workload.name, []).extend(turns.taken(
                    able, workload, self._build, lambda name, call: self._made((workload.name, name), call)))

    def exercise(self) -> None:
        """The primitives."""
        for primitive in primitives.PRIMITIVES:
            self._say(primitive.name)
            for _ in range(self.rounds):
                for runner in self.runners():
                    self._try((primitive.name, runner), self.primitives,
                              lambda: primitives.nanoseconds(primitive, runner, self._build))

    def compute(self) -> None:
        """The server whose handlers compute, on one core and on all."""
        able = [one for one in self.contenders if one.name in primitives.RUNNERS]
        for number in range(self.rounds):
            self._say(f"computing handlers: by turns, start {number + 1}/{self.rounds}")
            self.cores.extend(cores.taken(
                able, self._build, lambda name, call: self._made(("cores", name), call)))

    def work(self) -> None:
        """Whole programs that compute, if both runners are wanted."""
        if len(self.runners()) < 2:
            return
        with jobs.Input() as path:
            for job in filter(jobs.available, jobs.JOBS):
                self._say(job.name)
                for number in range(self.rounds):
                    self._try((job.name, "both"), self.jobs,
                              lambda: jobs.pair(job, self._build, path, number % 2 == 1))

    def host(self) -> None:
        """Real servers on all cores, if both runners are wanted."""
        if len(self.runners()) < 2:
            return
        for daemon in filter(serving.available, daemons.DAEMONS):
            with serving.House(daemon, self._build, self._seconds) as house:
                for number in range(self.rounds):
                    self._say(f"{daemon.name}: round {number + 1}/{self.rounds}")
                    self._try((daemon.name, "both"), self.daemons, house.round)

    def sleep(self, threads: int) -> None:
        """How many threads can sleep, with the default stack size and with small ones."""
        for runner in self.runners():
            for stack_kib in (0, 64):
                self._say(f"{threads:,} sleeping threads: {runner}")
                try:
                    seen = primitives.sleepers(runner, self._build, threads, stack_kib)
                    self.sleepers.append((runner, stack_kib, seen))
                except FAILURES as error:
                    self.failures[("sleepers", runner)] = str(error)

    def gather(self, connections: int) -> None:
        """Idle connections to several processes."""
        for contender in self.contenders:
            self._say(f"{connections:,} idle connections: {contender.name}")
            try:
                self.crowds.append((contender.name, crowd.gather(contender, self._build, connections)))
            except FAILURES as error:
                self.failures[("idle", contender.name)] = str(error)
                self._say(f"  {contender.name} failed: {error}")

    def runners(self) -> list[str]:
        """The contenders that run the blocking program."""
        return [one.name for one in self.contenders if one.name in primitives.RUNNERS]

    def values(self, workload: str, contender: str, column: str) -> list[float]:
        """Of all rounds that have it."""
        return measure.values(self.runs.get((workload, contender), []), column)

    def median(self, workload: str, contender: str, column: str) -> Optional[float]:
        """Of all rounds; None when there is none."""
        return measure.median(self.runs.get((workload, contender), []), column)

    def ratios(self, workload: str, contender: str, base: str) -> list[float]:
        """CPU per request, divided by `base`'s of the same round of turns."""
        return [seen[contender] / seen[base] for seen in self.turns.get(workload, [])
                if contender in seen and base in seen]

    def write_csv(self, path: str) -> None:
        """A row for each run on a server."""
        rows = [[*key, number + 1, *astuple(one)] for key, runs in self.runs.items()
                for number, one in enumerate(runs)]
        table.write_csv(path, ["load", "server", "round", *COLUMNS], rows)

    def _try(self, key: tuple[str, str], found: dict, call) -> None:
        if key not in self.failures and (seen := self._made(key, call)) is not None:
            found.setdefault(key, []).append(seen)

    def _made(self, key: tuple[str, str], call):
        """What `call` gives; None, with the reason kept, if it failed."""
        try:
            return call()
        except FAILURES as error:
            self.failures[key] = str(error)
            self._say(f"  {key[1]} failed: {error}")
            return None

    @staticmethod
    def _say(text: str) -> None:
        print(text, file=sys.stderr, flush=True)
