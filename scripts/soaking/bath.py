"""One server in its bath: clients of every manner, signals, stops; and what it held before and afterwards."""

import os
import random
import signal
import threading
import time
from collections import Counter
from pathlib import Path

from comparison.stage import Stage

from . import state, talks
from .servers import Soaked
from .wire import Left, Manners, Wire, Wrong

CLIENTS = 6
EXCUSED = 5       # seconds after a signal that replaces processes in which a connection may be lost
CGI = "#!/bin/sh\necho Content-Type: text/plain\necho\necho \"$QUERY_STRING\"\n"


class Bath:
    """A context manager: inside it the server runs."""

    def __init__(self, soaked: Soaked, tools: Path, launcher: Path | None, seed: int):
        self.soaked, self.seen, self.complaints = soaked, Counter(), []
        self._stage = Stage(soaked.server, tools, launcher, pinned=False)
        self._seed, self._over = seed, threading.Event()
        self._signalled = -EXCUSED
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> "Bath":
        self._stage.__enter__()
        www = Path(self._stage.values["wwwroot"])
        (www / "big.bin").write_bytes(talks.BIG)
        (www / "cgi-bin").mkdir()
        (www / "cgi-bin" / "echo.sh").write_text(CGI)
        (www / "cgi-bin" / "echo.sh").chmod(0o755)
        return self

    def __exit__(self, *error) -> None:
        self.stop()
        self._stage.__exit__(*error)

    def rest(self, goal: state.State | None = None, seconds: float = 40) -> state.State:
        """What the server holds when nobody talks to it."""
        return state.settled(self._stage.process, goal, seconds)

    def start(self) -> None:
        """Lets the clients and the signals begin."""
        self._over.clear()
        tasks = [(self._client, number) for number in range(CLIENTS)] + [(self._disturb, CLIENTS)]
        self._threads = [threading.Thread(target=task, args=(random.Random(self._seed + number),))
                         for task, number in tasks]
        for thread in self._threads:
            thread.start()

    def ask_to_stop(self) -> None:
        """Tells them that it is over; stop() waits for them."""
        self._over.set()

    def stop(self) -> None:
        """Ends them, each after what it is at."""
        self.ask_to_stop()
        for thread in self._threads:
            thread.join()
        self._threads = []

    def alive(self) -> bool:
        """Whether the server runs."""
        return self._stage.process.child.poll() is None

    def _complain(self, text: str) -> None:
        if self._over.is_set() and not self.alive():
            return
        self.seen["wrong"] += 1
        if len(self.complaints) < 5:
            self.complaints.append(text)

    def _client(self, chance: random.Random) -> None:
        while not self._over.is_set() and self.alive():
            self._converse(chance)
            if chance.random() < 0.3:
                time.sleep(chance.uniform(0, 0.05))

    def _converse(self, chance: random.Random) -> None:
        manners = Manners.pick(chance, self.soaked.half_closes, self.soaked.slow_writers)
        wire, begun = None, time.monotonic()
        try:
            wire = Wire(int(self._stage.values["port"]), manners, chance)
            if self.soaked.talk(wire, self._stage.values, chance):
                self.seen[manners.name()] += 1
            else:
                raise Wrong("other bytes than it must be")
        except Left:
            self.seen["resets"] += 1
        except (OSError, Wrong) as error:
            if not self._excused(begun):
                self._complain(f"{type(error).__name__}: {error} ({manners.name()}, "
                               f"after {time.monotonic() - begun:.1f} s)")
        finally:
            if wire:
                wire.close(manners.leaves_after >= 0)

    def _excused(self, begun: float) -> bool:
        """Whether processes were replaced since, or shortly before."""
        excused = self.soaked.replaces and self._signalled + EXCUSED > begun
        self.seen["excused"] += excused
        return excused

    def _disturb(self, chance: random.Random) -> None:
        """Signals: those it takes, and a stop of all its processes for a moment."""
        while not self._over.wait(chance.uniform(0.5, 3) * (4 if self.soaked.replaces else 1)):
            if self.soaked.signals and chance.random() < 0.5:
                self._signalled = time.monotonic()
                self._stage.process.child.send_signal(chance.choice(self.soaked.signals))
            elif self.soaked.stops:
                self._stop_for_a_moment()
            self.seen["signals"] += 1

    def _stop_for_a_moment(self) -> None:
        for number in (signal.SIGSTOP, signal.SIGCONT):
            for pid in self._stage.process.pids():
                self._send(pid, number)
            time.sleep(0.05)

    @staticmethod
    def _send(pid: int, number: int) -> None:
        try:
            signal.pidfd_send_signal(pidfd := os.pidfd_open(pid), number)
            os.close(pidfd)
        except ProcessLookupError:
            pass
