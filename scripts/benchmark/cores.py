"""A server whose handlers compute, on one core and on all, by kernel threads and unblocked."""

import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from comparison.load import LoadFailed, pairs
from comparison.process import CORES, SERVER_CORE, Process, free_port

from .contenders import Contender

CONNECTIONS = 64
ONE, ALL = "one core", "all cores"
PLACES = (ONE, ALL)


@dataclass
class Seen:
    """One load."""

    requests_per_s: float
    p99_ms: float


def run(contender: Contender, build: Path, seconds: float, place: str) -> Seen:
    """The server on one core, or wherever the kernel puts it; the load, which takes little, anywhere."""
    with tempfile.TemporaryDirectory(prefix="unblock-bench-") as directory:
        port = free_port()
        server = Process(contender.arguments(build, port, "compute"), Path(directory) / "log", SERVER_CORE,
                         Path(directory))
        try:
            if place == ALL:
                os.sched_setaffinity(server.pid, CORES)
            server.wait_ready(port)
            return _load(build, port, seconds)
        finally:
            server.kill()


def _load(build: Path, port: int, seconds: float) -> Seen:
    command = [str(build / "scripts" / "load_client"), "--connections", str(CONNECTIONS), "--seconds",
               str(seconds), "--http", "128", str(port)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=seconds + 60,
                          preexec_fn=lambda: os.sched_setaffinity(0, CORES))
    result = pairs(done.stdout)
    if result.errors or not result.requests:
        raise LoadFailed(f"{result.errors} errors, {result.requests} requests")
    return Seen(result.requests / result.seconds, result.p99)
