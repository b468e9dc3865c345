"""Kernel threads that share the table of descriptors of an echo server on one CPU, once nothing but requests has
come for a while: with more than one the kernel counts references in each call. Usage: sharers.py BUILD"""

import sys
import tempfile
from pathlib import Path

import counting  # first: it tells where the others are
from benchmark.contenders import CONTENDERS, OURS
from comparison.held_client import Client
from comparison.process import SERVER_CORE, Process, free_port, kill_all

LOADS = 60  # at most, of half a second each


def sharers(pid: int) -> int:
    """Those of a table with anything in it."""
    return sum(any((task / "fd").iterdir()) for task in Path(f"/proc/{pid}/task").iterdir())


def counts(build: Path):
    """After as many loads as it takes."""
    if "\nSeccomp:\t0\n" not in Path("/proc/self/status").read_text():
        raise counting.Uncountable("it shares them on where system calls are filtered, as here")
    ours = next(one for one in CONTENDERS if one.name == OURS)
    port = free_port()
    with tempfile.TemporaryDirectory() as directory:
        server = Process([str(word) for word in ours.arguments(build, port, "echo")], Path(directory) / "log",
                         SERVER_CORE, Path(directory))
        server.wait_ready(port)
        pid = server.pids()[0]
        with Client(str(build / "scripts" / "load_client"), port, 64, 0.5, []) as client:
            for _ in range(LOADS):
                client.load()
                if sharers(pid) == 1:
                    break
            yield "kernel threads that share the descriptors of a busy server", sharers(pid), 1
        server.kill()


if __name__ == "__main__":
    try:
        sys.exit(counting.judge(counts(Path(sys.argv[1]).resolve())))
    finally:
        kill_all()
