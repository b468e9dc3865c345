"""Instructions that unblock adds to a program, counted by valgrind. Usage: instructions.py BUILD"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import counting

# What depends on how long things take, and valgrind makes them take: others' help, and looking after fibers.
ALONE = {"UNBLOCK_PROCESSORS": "1", "UNBLOCK_COOPERATIVE": "1"}
ATTEMPTS = 2       # the least counts
CONNECTIONS = 64   # of the program exchanges


def counted(library: Path, *command: str, settings: dict[str, str] = ALONE) -> int:
    """Of one run, its child programs included; natively if `library` is empty."""
    environment = {"PATH": os.environ["PATH"], "LD_PRELOAD": str(library) if library.name else "", **settings}
    valgrind = ["valgrind", "--trace-children=yes", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
    done = subprocess.run([*valgrind, *command], env=environment, capture_output=True, text=True, check=False,
                          timeout=100)
    found = re.findall(r"refs:\s*([\d,]+)", done.stderr)
    if done.returncode != 0 or not found:
        raise counting.Uncountable(f"{command[0]} cannot be run by valgrind: {done.stderr.strip()[-200:]}")
    return sum(int(number.replace(",", "")) for number in found)


def least(library: Path, *command: str, settings: dict[str, str] = ALONE) -> int:
    """Of some runs."""
    return min(counted(library, *command, settings=settings) for _ in range(ATTEMPTS))


def counts(build: Path):
    """Bounds are what it was when they were set, and a tenth more."""
    if not shutil.which("valgrind"):
        raise counting.Uncountable("valgrind is not installed")
    ours, nothing = build / "preload" / "libunblock-preload.so", Path()
    exchanges = str(build / "tests" / "counts" / "exchanges")
    threads = str(build / "scripts" / "contender_primitives")
    records = [str(build / "tests" / "counts" / "loops"), "records"]
    sockets = [str(build / "tests" / "counts" / "loops"), "sockets"]
    copy = ["dd", "status=none", "if=/dev/zero", "of=/dev/null", "bs=1"]

    start = counted(ours, "true") - counted(nothing, "true")
    yield "a start", start, 315_000
    calls = [counted(library, *copy, "count=20000") - counted(library, *copy, "count=0")
             for library in (ours, nothing)]
    yield "a call of a program without threads", (calls[0] - calls[1]) / 40_000, 9
    calls = [least(library, *records, "22000") - least(library, *records, "2000")
             for library in (ours, nothing)]
    yield "a small record written to a file and read back", (calls[0] - calls[1]) / 20_000, 363
    calls = [least(library, *sockets, "22000", settings={}) - least(library, *sockets, "2000", settings={})
             for library in (ours, nothing)]
    yield "a turn of an event loop beside a thread that sleeps", (calls[0] - calls[1]) / 20_000, 255
    compiler = ["cc", "-S", "-o", "/dev/null", str(Path(__file__).with_name("exchanges.c"))]
    ratio = counted(ours, *compiler) / counted(nothing, *compiler)
    yield "a compiler, per cent", (ratio - 1) * 100, 1
    first = counted(ours, threads, "create", "1") - counted(nothing, threads, "create", "1")
    yield "a start with a thread", first, 917_000
    rounds = least(ours, exchanges, "500") - least(ours, exchanges, "100")
    yield "a message and its echo, both ends'", rounds / 400 / CONNECTIONS, 1_600
    rounds = least(ours, exchanges, "1500", "reconnect") - least(ours, exchanges, "500", "reconnect")
    yield "a connection, its thread and an echo, both ends'", rounds / 1000, 13_900
    rounds = least(ours, threads, "create", "3000") - least(ours, threads, "create", "1000")
    yield "a thread made and joined", rounds / 2000, 5_500
    rounds = least(ours, threads, "futex", "6000") - least(ours, threads, "futex", "2000")
    yield "there and back between two threads by futex words", rounds / 4000, 1_930
    rounds = least(ours, threads, "condvar", "3000") - least(ours, threads, "condvar", "1000")
    yield "the same by a mutex and a condition", rounds / 2000, 3_400


if __name__ == "__main__":
    sys.exit(counting.judge(counts(Path(sys.argv[1]).resolve())))
