"""What a server holds: descriptors, memory, kernel threads, fibers, over all its processes."""

import os
import re
import struct
import subprocess
import time
from dataclasses import astuple, dataclass
from functools import cache
from pathlib import Path

# How many there are alive (src/fibers/fiber.cpp), and descriptors of the runtime's own
# (src/descriptors/hidden_descriptors.cpp).
COUNTERS = ("_ZN7unblock6fibers12_GLOBAL__N_15aliveE", "_ZN7unblock11descriptors12_GLOBAL__N_15countE")


@dataclass
class State:
    """The sums over all processes; the runtime's own descriptors do not count; memory in KiB."""

    processes: int = 0
    descriptors: int = 0
    threads: int = 0
    fibers: int = 0
    memory: int = 0


@cache
def _addresses(library: str) -> list[int]:
    symbols = subprocess.run(["nm", library], capture_output=True, text=True, check=True).stdout
    known = {line.split()[-1]: line.split()[0] for line in symbols.splitlines()}
    return [int(known[counter], 16) for counter in COUNTERS]


def _counters(pid: int) -> list[int]:
    """What the runtime in a process counts; zeroes where there is none."""
    for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
        if line.endswith("/libunblock-preload.so"):
            base, library = int(line.split("-")[0], 16), line.split(None, 5)[5]
            with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
                return [struct.unpack("i", os.pread(memory.fileno(), 4, base + address))[0]
                        for address in _addresses(library)]
    return [0] * len(COUNTERS)


def _of(pid: int) -> State:
    memory = re.search(r"^Pss: +(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    fibers, hidden = _counters(pid)
    return State(1, len(os.listdir(f"/proc/{pid}/fd")) - hidden, len(os.listdir(f"/proc/{pid}/task")), fibers,
                 int(memory[1]) if memory else 0)


def look(pids: list[int]) -> State:
    """What these processes hold now; those that end meanwhile hold nothing."""
    total = State()
    for pid in pids:
        try:
            found = _of(pid)
        except (FileNotFoundError, ProcessLookupError):
            continue
        total = State(*(a + b for a, b in zip(astuple(total), astuple(found))))
    return total


def settled(process, goal: State | None, seconds: float) -> State:
    """What a server holds once it is at rest: no more descriptors and fibers than in `goal`; without one,
    when nothing has changed for a while. After `seconds` whatever it holds then."""
    end, last, since = time.monotonic() + seconds, None, time.monotonic()
    while True:
        now = look(process.pids())
        key = (now.processes, now.descriptors, now.fibers)
        if key != last:
            last, since = key, time.monotonic()
        calm = time.monotonic() - since > 3
        reached = goal is None or (now.descriptors <= goal.descriptors and now.fibers <= goal.fibers)
        if (calm and reached) or time.monotonic() > end:
            return now
        time.sleep(0.3)
