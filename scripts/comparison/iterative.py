"""Iterative servers in ./scripts/compare: not a load of requests but clients who keep the server waiting."""

import os
import subprocess
from pathlib import Path

from .process import CORES

NAME = "iterative"  # for --only, beside the servers'
SLOW_CLIENTS = Path(__file__).resolve().parent.parent / "slow_clients"
ABOUT = """\
Servers without threads, natively and with --iterative. All clients come at once, take half a second each for
their request, and give up after ten; "at once" is the most that were being served at the same time.
"""


def compare(launcher: Path) -> int:
    """Prints the table of scripts/slow_clients. Returns its exit status."""
    print("", ABOUT, sep="\n", flush=True)
    everywhere = lambda: os.sched_setaffinity(0, CORES)  # we are where loads belong
    with subprocess.Popen([SLOW_CLIENTS, "--unblock", launcher], preexec_fn=everywhere) as running:
        try:
            return running.wait()
        finally:
            running.terminate()  # it ends its server
