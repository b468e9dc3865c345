"""Daemons on all cores, what loads them beside them: by kernel threads and unblocked, by turns."""

import os
import random
import shlex
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from comparison.counters import cpu_seconds
from comparison.load import LoadFailed
from comparison.process import CORES, Process, free_port
from comparison.server import expand

from .contenders import OURS
from .daemons import Daemon, Load
from .primitives import KERNEL

PATHS = "/usr/sbin:/usr/bin:/sbin:/bin"  # Debian's programs, whatever PATH says


@dataclass
class Served:
    """What one load on one server showed."""

    requests_per_s: float
    p99_ms: Optional[float]
    cpu_us: float  # of the server's, per request


@dataclass
class Pair:
    """A load by kernel threads and unblocked, next to each other."""

    kernel: Served
    ours: Served


def available(daemon: Daemon) -> bool:
    """Whether it, and what loads it, is installed."""
    programs = [daemon.command, *(load.command for load in daemon.loads)]
    return all(shutil.which(shlex.split(text)[0], path=PATHS) for text in programs)


class House:
    """A context manager: a daemon's directory, filled in the first round and kept for all of them. Inside it
    this process, and what it starts, may run on all cores."""

    def __init__(self, daemon: Daemon, build: Path, seconds: float):
        self._daemon, self._build, self._seconds = daemon, build, seconds
        self._temporary = tempfile.TemporaryDirectory(prefix="unblock-bench-")
        self._directory = Path(self._temporary.name)
        self._values = {"dir": self._temporary.name, "port": str(free_port()),
                        "seconds": str(max(1, round(seconds)))}
        self._filled = False

    def __enter__(self) -> "House":
        self._cores = os.sched_getaffinity(0)
        os.sched_setaffinity(0, CORES)
        return self

    def __exit__(self, *_) -> None:
        os.sched_setaffinity(0, self._cores)
        self._temporary.cleanup()

    def round(self) -> list[Pair]:
        """Every load on either; who is first changes by chance, since what else the machine does comes and
        goes."""
        if not self._filled:
            self._fill()
        seen = {who: self._serve(who) for who in random.sample((KERNEL, OURS), 2)}
        return [Pair(*both) for both in zip(seen[KERNEL], seen[OURS])]

    def _fill(self) -> None:
        self._directory.chmod(0o755)  # servers that give up root must still read it
        for name, text in self._daemon.files.items():
            (self._directory / name).write_text(expand(text, self._values))
        for text in self._daemon.before:
            self._output(text, 120)
        server = self._start(KERNEL)
        try:
            for text in self._daemon.after:
                self._output(text, 120)
        finally:
            server.terminate(20)
        self._filled = True

    def _start(self, who: str) -> Process:
        command = self._words(self._daemon.command)
        server = Process([str(self._build / "unblock"), *command] if who == OURS else command,
                         self._directory / "log", None, self._directory)
        try:
            server.wait_ready(int(self._values["port"]), 30)
        except BaseException:
            server.kill()
            raise
        return server

    def _serve(self, who: str) -> list[Served]:
        server = self._start(who)
        try:
            return [self._load(server, load) for load in self._daemon.loads]
        finally:
            server.terminate(20)

    def _load(self, server: Process, load: Load) -> Served:
        start = cpu_seconds(server.pids())
        result = load.read(self._output(load.command, self._seconds + 60))
        used = cpu_seconds(server.pids()) - start
        if result.errors or not result.requests:
            raise LoadFailed(f"{load.name}: {result.errors} errors, {result.requests} requests")
        return Served(result.requests / result.seconds, result.p99, used / result.requests * 1e6)

    def _words(self, text: str) -> list[str]:
        words = shlex.split(expand(text, self._values))
        return [shutil.which(words[0], path=PATHS) or words[0], *words[1:]]

    def _output(self, text: str, seconds: float) -> str:
        done = subprocess.run(self._words(text), cwd=self._directory, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False, timeout=seconds)
        if done.returncode:
            said = done.stderr or done.stdout
            raise LoadFailed(f"{text.split()[0]}: status {done.returncode}: {said.strip()[-300:]}")
        return done.stdout
