"""Daemons on all cores, what loads them beside them: by kernel threads and unblocked, by turns."""

import contextlib
import os
import random
import shlex
import shutil
import signal
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

TURNS = 4  # of each load, after one start
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


class Side:
    """A daemon by kernel threads or unblocked, in a directory and at a port of its own."""

    def __init__(self, who: str, daemon: Daemon, build: Path, seconds: float):
        self._who, self._daemon, self._build, self._seconds = who, daemon, build, seconds
        self._temporary = tempfile.TemporaryDirectory(prefix="unblock-bench-")
        self._directory = Path(self._temporary.name)
        self._values = {"dir": self._temporary.name, "port": str(free_port()),
                        "seconds": str(max(1, round(seconds)))}
        self._server: Optional[Process] = None

    def fill(self) -> None:
        """The directory, once; natively."""
        self._directory.chmod(0o755)  # servers that give up root must still read it
        for name, text in self._daemon.files.items():
            (self._directory / name).write_text(expand(text, self._values))
        for text in self._daemon.before:
            self._output(text, 120)
        who, self._who = self._who, KERNEL
        self.start()
        try:
            for text in self._daemon.after:
                self._output(text, 120)
        finally:
            self.stop()
            self._who = who

    def clean(self) -> None:
        """Removes the directory."""
        self._temporary.cleanup()

    def start(self) -> None:
        """Returns once it accepts connections."""
        command = self._words(self._daemon.command)
        self._server = Process(
            [str(self._build / "unblock"), *command] if self._who == OURS else command,
            self._directory / "log", None, self._directory)
        try:
            self._server.wait_ready(int(self._values["port"]), 30)
        except BaseException:
            self._server.kill()
            self._server = None
            raise

    def stop(self) -> None:
        """Ends it, if it runs."""
        if self._server:
            self.signal(signal.SIGCONT)
            self._server.terminate(20)
            self._server = None

    def signal(self, number: int) -> None:
        """Sends a signal to all its processes."""
        for pid in self._server.pids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def load(self, load: Load) -> Served:
        """It stands still when it is not loaded: threads that spin for each other do so without work, too."""
        self.signal(signal.SIGCONT)
        start = cpu_seconds(self._server.pids())
        result = load.read(self._output(load.command, self._seconds + 60))
        used = cpu_seconds(self._server.pids()) - start
        self.signal(signal.SIGSTOP)
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


class House:
    """A context manager: a daemon by kernel threads and unblocked, beside each other. Inside it this process,
    and what it starts, may run on all cores."""

    def __init__(self, daemon: Daemon, build: Path, seconds: float):
        self._daemon = daemon
        self._sides = {who: Side(who, daemon, build, seconds) for who in (KERNEL, OURS)}
        self._filled = False

    def __enter__(self) -> "House":
        self._cores = os.sched_getaffinity(0)
        os.sched_setaffinity(0, CORES)
        return self

    def __exit__(self, *_) -> None:
        os.sched_setaffinity(0, self._cores)
        for side in self._sides.values():
            side.clean()

    def round(self) -> list[list[Pair]]:
        """The pairs of every load after one start of both, the two of a pair right after one another: what
        else the machine does comes and goes. Who is first changes by chance."""
        if not self._filled:
            for side in self._sides.values():
                side.fill()
            self._filled = True
        with contextlib.ExitStack() as life:
            for side in self._sides.values():
                life.callback(side.stop)
                side.start()
            return [[self._pair(load) for _ in range(TURNS)] for load in self._daemon.loads]

    def _pair(self, load: Load) -> Pair:
        seen = {who: self._sides[who].load(load) for who in random.sample((KERNEL, OURS), 2)}
        return Pair(seen[KERNEL], seen[OURS])
