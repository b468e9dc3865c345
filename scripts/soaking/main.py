"""./scripts/soak after it has set up and built: the command line, the bath, the table, the verdict."""

import argparse
import contextlib
import os
import sys
import time
from pathlib import Path
from typing import Optional

from comparison.process import conduct

from .bath import Bath
from .servers import SERVERS, Soaked
from .state import State

ROOT = Path(__file__).resolve().parent.parent.parent
WARM_UP = 8          # seconds of load before the first look: pools and caches fill
MORE_MEMORY = 0.25   # of what it held, and so much in KiB for each process: what allocators keep
MORE_KIB = 8192
HEAD = (f"{'server':12} {'plain':>7} {'slow':>6} {'half':>6} {'resets':>6} {'signals':>7} {'excused':>7} "
        f"{'wrong':>5} {'descriptors':>13} {'fibers':>11} {'threads':>11} {'memory MiB':>15}")


def options_parser() -> argparse.ArgumentParser:
    """The command line; its --help is the documentation."""
    parser = argparse.ArgumentParser(
        prog="soak", description="Soaks real servers under unblock, all at once, in clients that reset, "
        "half-close, read and write slowly, in signals and forks. Every byte of every answer is checked; at "
        "the end descriptors, fibers and memory must be back where they began. Exit status 1 when anything "
        "was wrong.")
    add = parser.add_argument
    add("--minutes", type=float, default=10, metavar="N", help="how long (default 10; 1 makes a quick check)")
    add("--native", action="store_true", help="run the servers natively, for comparison")
    add("--only", metavar="NAME,...", default="", help="these servers only: " + ",".join(
        soaked.server.name for soaked in SERVERS))
    add("--seed", type=int, default=1, metavar="N", help="what the clients' moods follow from (default 1)")
    add("--unblock", type=Path, default=ROOT / "build" / "unblock", metavar="PATH",
        help="the launcher (default: the one in ./build, which is built first)")
    add("--tools", type=Path, default=ROOT / "build" / "scripts", metavar="DIR",
        help="where load_backend and echo_server are (default: in ./build)")
    return parser


def choose(names: str, tools: Path) -> list[Soaked]:
    """The servers of --only, all without it, less those that are not installed."""
    wanted = [name for name in names.split(",") if name]
    chosen = [soaked for soaked in SERVERS if not wanted or soaked.server.name in wanted]
    if len(chosen) < len(wanted):
        sys.exit("soak: there are " + ", ".join(soaked.server.name for soaked in SERVERS))
    missing = [soaked for soaked in chosen if not soaked.server.program({"tools": str(tools)})]
    for soaked in missing:
        print(f"{soaked.server.name} is left out: it is not installed", file=sys.stderr)
    return [soaked for soaked in chosen if soaked not in missing]


def faults(bath: Bath, before: State, after: State) -> list[str]:
    """Everything that is not as it must be."""
    found = list(bath.complaints)
    if not bath.alive():
        found.append("it has ended")
    if after.descriptors > before.descriptors:
        found.append(f"{after.descriptors - before.descriptors} descriptors more than at the beginning")
    if after.fibers > max(before.fibers, bath.soaked.pools):
        found.append(f"{after.fibers - before.fibers} fibers more than at the beginning")
    if after.memory > before.memory * (1 + MORE_MEMORY) + MORE_KIB * before.processes:
        found.append(f"{(after.memory - before.memory) / 1024:.1f} MiB more than at the beginning")
    if not bath.seen["plain"]:
        found.append("nobody was served")
    return found


def line(bath: Bath, before: State, after: State) -> str:
    """A server's line of the table."""
    seen = bath.seen
    counts = " ".join(f"{seen[key]:>{width}}" for key, width in
                      (("plain", 7), ("slow", 6), ("half", 6), ("resets", 6), ("signals", 7), ("excused", 7),
                       ("wrong", 5)))
    return (f"{bath.soaked.server.name:12} {counts} {f'{before.descriptors} > {after.descriptors}':>13} "
            f"{f'{before.fibers} > {after.fibers}':>11} {f'{before.threads} > {after.threads}':>11} "
            f"{f'{before.memory / 1024:.1f} > {after.memory / 1024:.1f}':>15}")


def load(baths: list[Bath], seconds: float) -> None:
    """Load on all of them at once."""
    for bath in baths:
        bath.start()
    time.sleep(seconds)
    for bath in baths:
        bath.ask_to_stop()
    for bath in baths:
        bath.stop()


def soak(baths: list[Bath], seconds: float) -> int:
    """The whole of it; returns the number of faults."""
    load(baths, WARM_UP)
    before = [bath.rest() for bath in baths]
    for bath in baths:
        bath.seen.clear()
    load(baths, seconds)
    after = [bath.rest(goal) for bath, goal in zip(baths, before)]
    print(HEAD)
    total = 0
    for bath, first, last in zip(baths, before, after):
        print(line(bath, first, last))
        for fault in faults(bath, first, last):
            print("    FAULT:", fault)
            total += 1
    return total


def soak_chosen(options: argparse.Namespace, launcher: Optional[Path]) -> int:
    """The servers of --only in their baths; returns 1 when anything was wrong."""
    tools = options.tools.resolve()
    with contextlib.ExitStack() as stack:
        baths = [stack.enter_context(Bath(soaked, tools, launcher, options.seed * 1000))
                 for soaked in choose(options.only, tools)]
        total = soak(baths, options.minutes * 60)
        exchanges = sum(bath.seen[key] for bath in baths for key in ("plain", "slow", "half"))
        print(f"{'native' if options.native else 'unblocked'}: {len(baths)} servers, "
              f"{exchanges} exchanges right, {sum(bath.seen['wrong'] for bath in baths)} wrong, "
              f"{total} faults")
        return 1 if total else 0


def main() -> int:
    """Returns the exit status."""
    options = options_parser().parse_args()
    launcher = None if options.native else options.unblock.resolve()
    if launcher and not os.access(launcher, os.X_OK):
        sys.exit(f"soak: {launcher} is not there; ./scripts/soak builds it")
    return conduct(lambda: soak_chosen(options, launcher), None)


if __name__ == "__main__":
    sys.exit(main())
