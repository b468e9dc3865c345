"""One server natively and unblocked, with 300 concurrent clients: same content, few kernel threads, SIGTERM obeyed.

Usage: serve.py NAME LAUNCHER TOOLS   (TOOLS: the directory of echo_server and load_backend)
Exit status 77, which meson counts as skipped, when the server is not installed.
"""

import sys
from dataclasses import dataclass
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
MOST_SECONDS = 1          # from SIGTERM to the end


@dataclass
class Outcome:
    """What one mode showed."""

    answers: list
    right: int           # answers that are what the client knows they must be
    threads: int
    status: int
    seconds: float


def serve(server: Server, tools: Path, launcher: Optional[Path]) -> Outcome:
    """Runs the server, its clients, and ends it while as many clients are connected and silent."""
    with Stage(server, tools, launcher) as stage:
        with Sampler(stage.process.pids) as seen:
            if server.crowd:
                answers, right, idle = server.crowd(stage.values, CLIENTS), [], None
            else:
                crowd = clients.Crowd(server.exchange, stage.values, CLIENTS)
                seen.sample()
                answers = crowd.go()
                right = [answer == clients.right_answer(server.exchange, stage.values, number)
                         for number, answer in enumerate(answers)]
                idle = clients.Crowd(server.exchange, stage.values, CLIENTS)
        status, seconds = stage.process.terminate()
        if idle:
            idle.go()
        return Outcome(answers, sum(right) if right else len(answers), seen.threads, status, seconds)


def complaints(server: Server, native: Outcome, unblocked: Outcome) -> list[str]:
    """Everything that is not as it must be."""
    found = []
    if native.right != CLIENTS:
        found.append(f"natively only {native.right} of {CLIENTS} clients were served right")
    if unblocked.right != CLIENTS:
        found.append(f"unblocked only {unblocked.right} of {CLIENTS} clients were served right")
    if clients.digest(native.answers) != clients.digest(unblocked.answers):
        wrong = [i for i, pair in enumerate(zip(native.answers, unblocked.answers)) if pair[0] != pair[1]]
        found.append(f"the content differs for {len(wrong)} clients"
                     + (f", first {wrong[0]}: {unblocked.answers[wrong[0]][:80]!r}" if wrong else ""))
    if unblocked.threads > MOST_KERNEL_THREADS:
        found.append(f"{unblocked.threads} kernel threads, {MOST_KERNEL_THREADS} are allowed")
    if not server.orderly_end:
        return found
    if unblocked.status != native.status:
        found.append(f"exit status {unblocked.status} after SIGTERM, natively {native.status}")
    if unblocked.seconds > max(MOST_SECONDS, native.seconds + 0.3):  # where the server itself takes longer, so may we
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
            print(f"{mode:9}: {outcome.right}/{CLIENTS} right, sha256 {clients.digest(outcome.answers)[:16]}, "
                  f"{outcome.threads} kernel threads; SIGTERM: status {outcome.status} after {outcome.seconds:.2f} s",
                  flush=True)
            outcomes.append(outcome)
    finally:
        kill_all()
    found = complaints(server, *outcomes)
    for complaint in found:
        print("FAILED:", complaint)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
