"""Running a command natively and unblocked: in a session of its own, bounded in time, nothing left of it."""

import os
import signal
import subprocess
import time
from pathlib import Path

from comparison.process import members

WAYS = ("native", "unblocked")


def kill_session(session: int) -> None:
    """Ends every process of a session."""
    for pid in members(session):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def run(command: list[str], timeout: float, log: Path) -> tuple[object, float]:
    """Its exit status ("timeout" when it had to be ended) and the seconds it took; what it prints is in
    `log`."""
    started = time.monotonic()
    with open(log, "wb") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                                   start_new_session=True)
    try:
        status: object = process.wait(timeout)
    except subprocess.TimeoutExpired:
        status = "timeout"
    finally:
        kill_session(process.pid)
        process.wait()
    return status, time.monotonic() - started


def prefix(way: str, unblock: Path) -> list[str]:
    """What stands before a command so that it runs that way."""
    return [str(unblock)] if way == "unblocked" else []
