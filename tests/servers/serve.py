"""One server natively and unblocked, 300 clients at once: same content, few kernel threads, SIGTERM obeyed.

Usage: serve.py NAME LAUNCHER TOOLS   (TOOLS: the directory of echo_server and load_backend)
Exit status 77, which meson counts as skipped, when the server is not installed.
"""

import re
import sys
import time
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Optional

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "scripts"))

from comparison import clients  # noqa: E402
from comparison.counters import Sampler  # noqa: E402
from comparison.process import kill_all  # noqa: E402
from comparison.server import Server, load_all  # noqa: E402
from comparison.stage import Stage  # noqa: E402

CLIENTS = 300
MOST_KERNEL_THREADS = 16  # of an unblocked server with 300 clients, all its processes together
SETTLE = 0.3              # seconds for the server to accept everybody: its threads are to be counted
MOST_SECONDS = 5          # from SIGTERM to the end, on a machine with more to do than this
PATIENCE = 30             # seconds: who has not ended then never does


@dataclass
class Outcome:
    """What one mode showed."""

    answers: list
    right: int           # answers that are what the client knows they must be
    threads: int
    status: int
    seconds: float


def reports(server: Server, stage: Stage) -> list[bytes]:
    """What the server printed of each client, once it has of all; in no order, so sorted."""
    end = time.monotonic() + 5
    while True:
        found = re.findall(server.reports, stage.process.log.read_text(errors="replace"), re.MULTILINE)
        if len(found) >= CLIENTS or time.monotonic() > end:
            return sorted(report.encode() for report in found)
        time.sleep(0.05)


def serve(server: Server, tools: Path, launcher: Optional[Path]) -> Outcome:
    """Runs the server, its clients, and ends it while as many are connected, if it lets go of them."""
    with Stage(server, tools, launcher) as stage:
        with Sampler(stage.process.pids) as seen:
            crowd = clients.Crowd(server.exchange, stage.values, CLIENTS)
            time.sleep(SETTLE)
            answers = crowd.go()
            right = sum(answer == clients.right_answer(server.exchange, number)
                        for number, answer in enumerate(answers))
            if server.reports:
                answers += reports(server, stage)
            idle = clients.Crowd(server.exchange, stage.values, 0 if server.waits_for_clients else CLIENTS)
            time.sleep(SETTLE)
        status, seconds = stage.process.terminate(PATIENCE)
        idle.go()
        return Outcome(answers, right, seen.threads, status, seconds)


def complaints(server: Server, native: Outcome, unblocked: Outcome) -> list[str]:
    """Everything that is not as it must be."""
    found = []
    if native.right != CLIENTS:
        found.append(f"natively only {native.right} of {CLIENTS} clients were served right")
    if unblocked.right != CLIENTS:
        found.append(f"unblocked only {unblocked.right} of {CLIENTS} clients were served right")
    if clients.digest(native.answers) != clients.digest(unblocked.answers):
        pairs = enumerate(zip_longest(native.answers, unblocked.answers, fillvalue=b"nothing"))
        wrong = [(i, pair[1]) for i, pair in pairs if pair[0] != pair[1]]
        found.append(f"{len(wrong)} of the answers differ, first number {wrong[0][0]}: {wrong[0][1]!r:.100}")
    if unblocked.threads > MOST_KERNEL_THREADS:
        found.append(f"{unblocked.threads} kernel threads, {MOST_KERNEL_THREADS} are allowed")
    if unblocked.status != native.status:
        found.append(f"exit status {unblocked.status} after SIGTERM, natively {native.status}")
    # Where the server itself takes longer (civetweb looks at its clients every 2 s), so may we.
    if unblocked.seconds > max(MOST_SECONDS, native.seconds + 2):
        found.append(f"SIGTERM took {unblocked.seconds:.2f} s, natively {native.seconds:.2f} s")
    return found


def main() -> int:
    """Returns the exit status."""
    name, launcher, tools = sys.argv[1], Path(sys.argv[2]).resolve(), Path(sys.argv[3]).resolve()
    server = load_all()[name]
    if not server.program({"tools": str(tools)}):
        print(f"skipped: {' '.join(server.packages)} is not installed")
        return 77
    outcomes = []
    try:
        for mode, prefix in (("native", None), ("unblocked", launcher)):
            outcome = serve(server, tools, prefix)
            print(f"{mode:9}: {outcome.right}/{CLIENTS} right, "
                  f"sha256 {clients.digest(outcome.answers)[:16]}, {outcome.threads} kernel threads; "
                  f"SIGTERM: status {outcome.status} after {outcome.seconds:.2f} s", flush=True)
            outcomes.append(outcome)
    finally:
        kill_all()
    found = complaints(server, *outcomes)
    for complaint in found:
        print("FAILED:", complaint)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
