"""Memory that unblocked threads take: resident and page tables, in KiB. Usage: memory.py BUILD"""

import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import counting  # first: it tells where the others are
from benchmark.memory import Memory
from comparison.held_client import Client
from comparison.process import Process, free_port, kill_all

SLEEPERS = 20_000
CONNECTIONS = 4_000
CROWD = 40_000  # more threads than there may be mappings for guards


def pairs(command: list[str]) -> dict[str, str]:
    """What contender_sleepers prints."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)
    if not done.stdout:
        raise RuntimeError(f"{command} printed nothing: {done.stderr.strip()[-200:]}")
    return dict(pair.split("=") for pair in done.stdout.split())


def per_sleeper(build: Path, *stack_kib: str) -> float:
    """KiB of a thread that sleeps."""
    sleepers = str(build / "scripts" / "contender_sleepers")
    found = pairs([str(build / "unblock"), sleepers, str(SLEEPERS), *stack_kib])
    return (int(found["rss"]) + int(found["tables"])) / int(found["threads"])


def per_connection(build: Path, *limit: str) -> float:
    """KiB of a connection of the echo server that was answered once and is idle."""
    with tempfile.TemporaryDirectory(prefix="unblock-counts-") as directory:
        port = free_port()
        command = [*limit, str(build / "unblock"), str(build / "scripts" / "echo_server"), str(port)]
        server = Process(command, Path(directory) / "log", None, Path(directory))
        server.wait_ready(port)
        before = Memory.now(server.pids())
        with Client(str(build / "scripts" / "load_client"), port, CONNECTIONS, 1, []):
            each = Memory.now(server.pids()).per_connection(before, CONNECTIONS)
        return each.rss_kib + each.tables_kib


def missing_beyond_guards(build: Path) -> int:
    """Threads that cannot be had as on a kernel without guard regions."""
    command = [str(build / "tests" / "programs" / "older_kernel"), str(build / "unblock"),
               str(build / "scripts" / "contender_sleepers"), str(CROWD), "64"]
    return CROWD - int(pairs(command)["threads"])


def counts(build: Path):
    """One page of a stack is in use: what a thread needs that sleeps or reads fits beside glibc's descriptor
    and TLS. With 8 MiB from one stack to the next each has a page of page tables, too."""
    yield "a sleeping thread", per_sleeper(build), 9.5
    yield "a sleeping thread, stacks of 64 KiB", per_sleeper(build, "64"), 5.5
    if resource.getrlimit(resource.RLIMIT_NOFILE)[1] < CONNECTIONS + 100:
        raise counting.Uncountable(f"a process may not have {CONNECTIONS} descriptors")
    yield "an idle connection", per_connection(build), 10
    yield "an idle connection, ulimit -s 64", per_connection(build, "prlimit", "--stack=65536:"), 6
    yield f"of {CROWD:,} threads without guard regions, missing", missing_beyond_guards(build), 0


if __name__ == "__main__":
    try:
        sys.exit(counting.judge(counts(Path(sys.argv[1]).resolve())))
    finally:
        kill_all()
