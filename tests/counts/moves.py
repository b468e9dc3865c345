"""How often threads that compute and wait for each other come to another kernel thread: at first, and not
with every burst of requests. Usage: moves.py BUILD"""

import re
import subprocess
import sys
from pathlib import Path

import counting

RUNS = 4
BURSTS = 10
# A run: one lost its processor for computing and one gave it away, or both lost it; the rest is chance.
MOST = 4


def statistic(name: str, table: str) -> int:
    return int(re.search(rf"^ +{name} +(\d+)", table, re.MULTILINE)[1])


def moves(build: Path) -> int:
    """Of a run: a processor given away or taken away, its fiber left behind on its kernel thread."""
    command = [build / "unblock", "--stats", build / "tests" / "counts" / "helped_loop", str(BURSTS)]
    table = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stderr
    return statistic("handoffs", table) + statistic("retakes", table)


def counts(build: Path):
    """On average of some runs."""
    yield "moves of an event loop and its helper", sum(moves(build) for _ in range(RUNS)) / RUNS, MOST


if __name__ == "__main__":
    sys.exit(counting.judge(counts(Path(sys.argv[1]).resolve())))
