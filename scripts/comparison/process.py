"""Starting and ending servers: each in a session of its own, on its core, and never left running."""

import os
import random
import resource
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Callable, Optional

CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, LOAD_CORE = CORES[0], CORES[min(1, len(CORES) - 1)]
_running: list["Process"] = []


def pin(core: Optional[int]) -> None:
    """Keeps this process on one core, unless that is None, and lifts its descriptor limit."""
    if core is not None:
        os.sched_setaffinity(0, {core})
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = 65536 if hard == resource.RLIM_INFINITY else min(hard, 65536)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def free_port() -> int:
    """A TCP port nobody listens on, outside the range the kernel gives to clients."""
    while True:
        port = random.randrange(20000, 30000)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def members(session: int) -> list[int]:
    """The processes of a session."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                fields = Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == session and fields[0] != "Z":
                found.append(int(entry))
    return found


class Process:
    """A running program and its children. Its output goes to the file `log`."""

    def __init__(self, command: list[str], log: Path, core: Optional[int], directory: Path):
        self.log = log
        with open(log, "wb") as output:
            self.child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                          cwd=directory, start_new_session=True, preexec_fn=lambda: pin(core))
        _running.append(self)

    @property
    def pid(self) -> int:
        return self.child.pid

    def pids(self) -> list[int]:
        return members(self.pid)

    def last_words(self) -> str:
        """The end of what it printed, for an error message."""
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return " | ".join(lines[-3:])[-300:] or "it printed nothing"

    def wait_ready(self, port: int, timeout: float = 10) -> None:
        """Returns once a connection to `port` is accepted."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            if self.child.poll() is not None:
                raise RuntimeError(f"ended with status {self.child.returncode}: {self.last_words()}")
            with socket.socket() as probe:
                probe.settimeout(1)
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.01)
        raise RuntimeError(f"does not listen after {timeout:g} s: {self.last_words()}")

    def terminate(self, timeout: float = 3) -> tuple[int, float]:
        """Sends SIGTERM, as an init system would, unless it has ended. Returns its exit status (negative: the
        signal) and the seconds it took; what is left after `timeout` is killed."""
        begin = time.monotonic()
        self.child.send_signal(signal.SIGTERM)  # none if it was waited for already
        try:
            status = self.child.wait(timeout)
        except subprocess.TimeoutExpired:
            status = -signal.SIGKILL
        took = time.monotonic() - begin
        self.kill()
        return status, took

    def kill(self) -> None:
        """Ends whatever is left of the session."""
        for pid in self.pids():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.child.wait()
        if self in _running:
            _running.remove(self)


def kill_all() -> None:
    """Ends everything that was started and still runs."""
    for process in list(_running):
        process.kill()


def _end(number: int, _frame) -> None:
    sys.exit(128 + number)


def conduct(work: Callable[[], int], core: Optional[int]) -> int:
    """Does `work`, which starts processes, on `core`; returns its exit status. SIGTERM and SIGHUP end it as
    Ctrl-C does, by way of every `finally`, and nothing is left running."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    pin(core)
    try:
        return work()
    except KeyboardInterrupt:
        return 130
    finally:
        kill_all()
