"""System calls and page faults that unblock adds to a start and to a program's first thread.
Usage: start.py BUILD"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import counting

EVENTS = "raw_syscalls:sys_enter", "page-faults"
ATTEMPTS = 3  # the least counts: where things are in memory differs


def counted(library: Path, *command: str) -> list[int]:
    """Of one run's first kernel thread, for each of the events; natively if `library` is empty."""
    environment = {"PATH": os.environ["PATH"], "LD_PRELOAD": str(library) if library.name else ""}
    perf = ["perf", "stat", "--no-inherit", "-x", ",", "-e", ",".join(EVENTS), "--", "env", "-i"]
    perf += [f"{name}={value}" for name, value in environment.items()]
    done = subprocess.run([*perf, *command], capture_output=True, text=True, check=False, timeout=60)
    fields = [line.split(",") for line in done.stderr.splitlines()]
    counts = [line[0] for line in fields if line[2:3] in ([event] for event in EVENTS)]
    if done.returncode != 0 or len(counts) != len(EVENTS) or not all(count.isdigit() for count in counts):
        raise counting.Uncountable(f"perf cannot count: {done.stderr.strip()[-200:]}")
    return [int(count) for count in counts]


def least(library: Path, *command: str) -> list[int]:
    """Of some runs."""
    return [min(counts) for counts in zip(*(counted(library, *command) for _ in range(ATTEMPTS)))]


def counts(build: Path):
    """Bounds are what it was when they were set, and a tenth more."""
    if not shutil.which("perf"):
        raise counting.Uncountable("perf is not installed")
    ours, nothing = build / "preload" / "libunblock-preload.so", Path()
    threads = str(build / "scripts" / "contender_primitives")
    starts = [least(library, "true") for library in (ours, nothing)]
    firsts = [least(library, threads, "create", "1") for library in (ours, nothing)]
    for event, start, native_start, first, native_first, bounds in zip(
            EVENTS, *starts, *firsts, ((36, 196), (50, 220))):
        yield f"{event} of a start", start - native_start, bounds[0]
        yield f"{event} of a start with a thread", first - native_first, bounds[1]


if __name__ == "__main__":
    sys.exit(counting.judge(counts(Path(sys.argv[1]).resolve())))
