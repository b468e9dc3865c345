"""System calls that unblocked programs make: for a request of an echo server, one to read, one to write, and
a share of what the loop asks; for a request with a connection and a thread of its own, no more than by epoll;
for what is done over and over beside threads that sleep, what it is natively. Usage: system_calls.py BUILD"""

import subprocess
import sys
from pathlib import Path

import counting  # first: it tells where the others are
from benchmark import measure
from benchmark.contenders import CONTENDERS, OURS
from benchmark.workloads import chosen
from comparison.counters import SystemCalls
from comparison.process import LOAD_CORE, SERVER_CORE, kill_all

MOST = 2.1   # a request
MOST_OF_CONNECTION = 9.0  # for one with its connection and its thread, of which a server by epoll makes 9.6
ROUNDS = 5000  # of the program loops
RUNS = 3       # of it
ATTEMPTS = 5   # of a load, on each of the cores


def per_request(build: Path, load: str, most: float = MOST) -> float:
    """The least of some runs. On how many connections there is something to say when the server asks depends on
    how quick the load's core is beside the server's; on the same core they take turns, unless others do, too."""
    ours = next(one for one in CONTENDERS if one.name == OURS)
    least = float("inf")
    for core in [LOAD_CORE, SERVER_CORE] * ATTEMPTS:
        counted = measure.run(ours, chosen(load)[0], build, 0.5, True, core).system_calls
        if counted is None:
            raise counting.Uncountable("perf lost its count")
        least = min(least, counted)
        if least <= most:
            break
    return least


def of_loops(what: str, rounds: int, *launcher: str) -> int:
    """The least of some runs of the program loops, from start to end."""
    command = ["perf", "stat", "-x,", "-e", SystemCalls.EVENT, *launcher, what, str(rounds)]
    least = sys.maxsize
    for _ in range(RUNS):
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
        least = min(least, SystemCalls.read(done.stderr) or sys.maxsize)
    return least


def beside_sleepers(build: Path):
    """Calls per round, unblocked less a run of few rounds; and the ratio to native ones."""
    loops, unblock = str(build / "tests" / "counts" / "loops"), str(build / "unblock")
    for what, rounds, most in (("events", ROUNDS, 3.1), ("turns", 1000, 7.6), ("files", ROUNDS, 3.1),
                               ("alone", ROUNDS, 2.1)):
        each = of_loops(what, rounds, unblock, loops) - of_loops(what, 100, unblock, loops)
        yield f"calls per round of {what}", each / (rounds - 100), most
    ratio = of_loops("bulk", ROUNDS, unblock, loops) / of_loops("bulk", ROUNDS, loops)
    yield "calls of streams in bulk, to native ones", ratio, 1.15


def counts(build: Path):
    """At each number of busy connections, and of loops."""
    if reason := SystemCalls.probe():
        raise counting.Uncountable(reason)
    for connections in (64, 1000):
        yield f"calls per request, {connections} connections", per_request(build, f"echo-{connections}"), MOST
    yield ("calls per connection with one request", per_request(build, "reconnect-64", MOST_OF_CONNECTION),
           MOST_OF_CONNECTION)
    yield from beside_sleepers(build)


if __name__ == "__main__":
    try:
        sys.exit(counting.judge(counts(Path(sys.argv[1]).resolve())))
    finally:
        kill_all()
