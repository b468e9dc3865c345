"""./scripts/bench after it has set up and built: the command line, the order of things, the output."""

import argparse
import sys
from pathlib import Path

from comparison import machine
from comparison.counters import SystemCalls
from comparison.process import CORES, LOAD_CORE, SERVER_CORE, conduct

from . import contenders, serving, tables, turns, workloads
from .primitives import PRIMITIVES
from .rounds import Rounds

# What there is beside the loads on servers, as --loads names it.
BESIDE_SERVERS = ("primitives", "cores", "jobs", "daemons")
ROOT = Path(__file__).resolve().parent.parent.parent


def options_parser() -> argparse.ArgumentParser:
    """The command line; its --help is the documentation."""
    parser = argparse.ArgumentParser(
        prog="bench", description="Measures an unmodified blocking server with kernel threads and unblocked, "
        "a hand-written epoll server, and peers, under the same loads: the server on one core, the load on "
        "another. Then, by kernel threads and unblocked: what threads are made of, a server whose handlers "
        "compute on one core and on all, programs whose threads compute, and MariaDB, apache2, memcached and "
        "Redis on all cores.")
    add = parser.add_argument
    add("--only", metavar="NAME,...", default="", help="these contenders only (see --list)")
    add("--loads", metavar="NAME,...", default="", help="these loads only, as echo-64, or echo for all of "
        "them; and then no primitives, cores, jobs or daemons, unless they are named")
    add("--peer", metavar="NAME=COMMAND", action="append", default=[],
        help="another server, started by COMMAND with {port} and {protocol} (echo, http or sleep) in it; "
        "its bytes, pauses and 128-byte answers are described in scripts/contenders/contender.h; "
        "scripts/contenders/libfiber.c is one for a library that you have built")
    add("--list", action="store_true", help="list contenders and loads, and end")
    add("--rounds", type=int, default=5, metavar="N", help="runs of each (default 5)")
    add("--seconds", type=float, default=1, metavar="S", help="length of a load (default 1)")
    add("--sleepers", type=int, default=0, metavar="N",
        help="also see how many threads, up to N, can sleep at once")
    add("--idle", type=int, default=0, metavar="N",
        help="also open N idle connections at once, up to 20,000 to a process")
    add("--csv", metavar="FILE", help="write the figures of every run to FILE")
    add("--html", metavar="FILE", type=Path, help="write a self-contained report with charts to FILE")
    add("--svg", metavar="FILE", type=Path, help="write the README's chart to FILE")
    add("--build", type=Path, default=ROOT / "build", metavar="DIR",
        help="a build directory (default: ./build, which is built first)")
    return parser


def about(rounds: Rounds, options: argparse.Namespace) -> str:
    """Machine, versions, contenders and loads."""
    named = [*rounds.contenders, *rounds.workloads]
    versions = {one.name: one.version() for one in rounds.contenders}
    lines = [f"  {one.name:14} {one.about}{versions.get(one.name, '')}" for one in named]
    return machine.describe(options.build / "unblock") + "\n" + "\n".join(lines)


def caveats(options: argparse.Namespace, busy: float) -> str:
    """What to keep in mind when reading the figures."""
    lines = [f"Medians of {options.rounds} loads of {options.seconds:g} s, all contenders by turns; "
             "spread: the least and the most.",
             f"Ratios: medians of {options.rounds} starts of all contenders at once, {turns.ROUNDS} rounds of "
             "short turns in each, and what they lie between with 95 %.",
             f"Real servers: {serving.TURNS} pairs of such loads after each start of both, which stand still when "
             "not loaded.",
             "Connections are opened before, and closed after what is measured; except by reconnect.",
             "In all: what MemAvailable lost, both ends' sockets included; this is the whole machine's."]
    if len(CORES) > 1:
        lines.append(f"The server is kept on core {SERVER_CORE}, the load on core {LOAD_CORE}; where all "
                     "cores are said to be used, and for jobs, both may be on any.")
    if busy > 0.1:
        lines.append(f"Other work kept {busy:.0%} of this machine busy before the first round.")
    if SystemCalls.unusable:
        lines.append(f"System calls are not counted: {SystemCalls.unusable}.")
    return "Mind that:\n" + "\n".join("  - " + line for line in lines)


def sections(rounds: Rounds) -> dict[str, str]:
    """The tables by title, those that have something to say."""
    found = {}
    if rounds.workloads:
        found["Servers"], found["Idle connections"] = tables.servers(rounds), tables.memory(rounds)
    if rounds.primitives:
        found["Threads"] = tables.primitive(rounds)
    if rounds.cores:
        found["Every core"] = tables.computing(rounds)
    if rounds.jobs:
        found["Threads that compute"] = tables.jobs_done(rounds)
    if rounds.daemons:
        found["Real servers on all cores"] = tables.daemons_served(rounds)
    if rounds.sleepers:
        found["Sleeping threads"] = tables.sleepers(rounds)
    if rounds.crowds:
        found["Idle connections to several processes"] = tables.crowds(rounds)
    return found


def bench(options: argparse.Namespace) -> int:
    """All of it. Returns 1 when any run failed."""
    named = options.loads.split(",") if options.loads else list(BESIDE_SERVERS)
    loads = ",".join(name for name in named if name not in BESIDE_SERVERS)
    rounds = Rounds(contenders.chosen(options.only, options.peer, options.build),
                    workloads.chosen(loads) if loads or not options.loads else [], options.build,
                    options.rounds, options.seconds)
    if options.list:
        lines = [f"  {one.name:14} {one.about}" for one in [*rounds.workloads, *PRIMITIVES]]
        print(about(rounds, options), *lines[len(rounds.workloads):], sep="\n")
        return 0
    SystemCalls.probe()
    busy = machine.busy_before()
    rounds.serve()
    rounds.alternate()
    for name, measure in {"primitives": rounds.exercise, "cores": rounds.compute, "jobs": rounds.work,
                          "daemons": rounds.host}.items():
        if name in named:
            measure()
    if options.sleepers:
        rounds.sleep(options.sleepers)
    if options.idle:
        rounds.gather(options.idle)
    preface = about(rounds, options) + "\n" + caveats(options, busy)
    found = sections(rounds)
    print(preface, *found.values(), sep="\n\n")
    write_files(options, rounds, preface, found)
    return 1 if rounds.failures else 0


def write_files(options: argparse.Namespace, rounds: Rounds, preface: str, found: dict[str, str]) -> None:
    """What the options ask for."""
    if options.csv:
        rounds.write_csv(options.csv)
    if options.html or options.svg:
        from . import report  # takes matplotlib, which the table does without
        if options.html:
            report.write(rounds, options.html, preface, found)
        if options.svg:
            report.write_overview(rounds, options.svg)


def main() -> int:
    """Returns the exit status."""
    options = options_parser().parse_args()
    options.build = options.build.resolve()
    try:
        return conduct(lambda: bench(options), LOAD_CORE)
    except ValueError as error:
        sys.exit(f"bench: {error}")


if __name__ == "__main__":
    sys.exit(main())
