"""./scripts/bench after it has set up and built: the command line, the rounds, the report."""

import argparse
import signal
import subprocess
import sys
from dataclasses import astuple, fields
from pathlib import Path

from comparison import machine, table
from comparison.counters import SystemCalls
from comparison.load import LoadFailed
from comparison.process import CORES, LOAD_CORE, SERVER_CORE, kill_all, pin

from . import contenders, measure, workloads

ROOT = Path(__file__).resolve().parent.parent.parent
COLUMNS = [column.name for column in fields(measure.Run)]
HEAD = ["load", "server", "requests/s", "p50 ms", "p99 ms", "CPU us/req", "spread", "/ epoll", "syscalls/req"]


def options_parser() -> argparse.ArgumentParser:
    """The command line; its --help is the documentation."""
    parser = argparse.ArgumentParser(
        prog="bench", description="Measures an unmodified blocking server with kernel threads and unblocked, a "
        "hand-written epoll server, and peers, under the same loads; the server on one core, the load on another.")
    add = parser.add_argument
    add("--only", metavar="NAME,...", default="", help="these contenders only (see --list)")
    add("--loads", metavar="NAME,...", default="", help="these loads only, as echo-64, or echo for all of them")
    add("--peer", metavar="NAME=COMMAND", action="append", default=[],
        help="another server, started by COMMAND with {port} and {protocol} (echo, http or sleep) in it")
    add("--list", action="store_true", help="list contenders and loads, and end")
    add("--rounds", type=int, default=5, metavar="N", help="runs of each (default 5)")
    add("--seconds", type=float, default=1, metavar="S", help="length of a load (default 1)")
    add("--csv", metavar="FILE", help="write the figures of every run to FILE")
    add("--build", type=Path, default=ROOT / "build", metavar="DIR",
        help="a build directory (default: ./build, which is built first)")
    return parser


class Bench:
    """The rounds, and what they showed."""

    def __init__(self, options: argparse.Namespace):
        self.options = options
        self.contenders = contenders.chosen(options.only, options.peer, options.build)
        self.workloads = workloads.chosen(options.loads)
        self.runs: dict[tuple[str, str], list[measure.Run]] = {}
        self.failures: dict[tuple[str, str], str] = {}

    def run(self) -> None:
        """Every round of a load takes every contender in turn, so that what changes on the machine hits all."""
        for workload in self.workloads:
            for number in range(self.options.rounds):
                print(f"{workload.name}: round {number + 1}/{self.options.rounds}", file=sys.stderr, flush=True)
                for contender in self.contenders:
                    self._once(workload, contender, count=number == 0)

    def _once(self, workload, contender, count: bool) -> None:
        key = (workload.name, contender.name)
        if key in self.failures:
            return
        try:
            one = measure.run(contender, workload, self.options.build, self.options.seconds, count)
        except (LoadFailed, RuntimeError, OSError, subprocess.SubprocessError) as error:
            self.failures[key] = str(error)
            print(f"  {contender.name} failed: {error}", file=sys.stderr)
            return
        self.runs.setdefault(key, []).append(one)

    def median(self, workload, contender, column: str):
        """Of all rounds; None when there is none."""
        return measure.median(self.runs.get((workload.name, contender.name), []), column)

    def table(self) -> str:
        """A row for each load and contender."""
        return table.render(HEAD, [self._row(workload, contender) for workload in self.workloads
                                   for contender in self.contenders])

    def _row(self, workload, contender) -> list[str]:
        key = (workload.name, contender.name)
        first = workload.name if contender is self.contenders[0] else ""
        if key in self.failures:
            return [first, contender.name, "failed: " + self.failures[key]]
        cpu = measure.values(self.runs[key], "cpu_us")
        base = measure.median(self.runs.get((workload.name, contenders.BASE), []), "cpu_us")
        middle = [table.figure(self.median(workload, contender, column)) for column in COLUMNS[:4]]
        ratio = table.factor(self.median(workload, contender, "cpu_us") / base if base else None)
        return [first, contender.name, *middle, f"{min(cpu):.2f}-{max(cpu):.2f}", ratio,
                table.figure(self.median(workload, contender, "system_calls"))]

    def memory_table(self) -> str:
        """The cost of idle connections, where the load keeps them."""
        rows = []
        for workload in self.workloads:
            for contender in self.contenders:
                kib = [self.median(workload, contender, column) for column in COLUMNS[5:8]]
                if workload.name.startswith("echo") and kib[0] is not None:
                    rows.append([f"{workload.connections:,} idle", contender.name, *map(table.figure, kib)])
        return table.render(["connections", "server", "RSS KiB", "page tables KiB", "in all KiB"], rows)

    def write_csv(self, path: str) -> None:
        """A row for each run."""
        rows = [[*key, number + 1, *astuple(one)] for key, runs in self.runs.items()
                for number, one in enumerate(runs)]
        table.write_csv(path, ["load", "server", "round", *COLUMNS], rows)


def listing(chosen: Bench) -> str:
    """Contenders and loads."""
    lines = [f"  {one.name:14} {one.about}" for one in [*chosen.contenders, *chosen.workloads]]
    return "\n".join(lines)


def caveats(options: argparse.Namespace, busy: float) -> str:
    """What to keep in mind when reading the figures."""
    lines = [f"Medians of {options.rounds} loads of {options.seconds:g} s, all contenders by turns; spread: the least and "
             "the most CPU.",
             "Connections are opened before, and closed after what is measured; except by reconnect.",
             "In all: what MemAvailable lost, both ends' sockets included. It, unlike the rest, is the machine's."]
    if len(CORES) > 1:
        lines.append(f"The server is kept on core {SERVER_CORE}, the load on core {LOAD_CORE}.")
    if busy > 0.1:
        lines.append(f"Other work kept {busy:.0%} of this machine busy before the first round.")
    if SystemCalls.unusable:
        lines.append(f"System calls are not counted: {SystemCalls.unusable}.")
    return "\n".join("  - " + line for line in lines)


def bench(options: argparse.Namespace) -> int:
    """All of it. Returns 1 when any run failed."""
    chosen = Bench(options)
    if options.list:
        print(listing(chosen))
        return 0
    SystemCalls.probe()
    busy = machine.busy_before()
    chosen.run()
    print(machine.describe(options.build / "unblock"), listing(chosen), "Mind that:",
          caveats(options, busy), "", chosen.table(), "", chosen.memory_table(), sep="\n")
    if options.csv:
        chosen.write_csv(options.csv)
    return 1 if chosen.failures else 0


def main() -> int:
    """Returns the exit status."""
    options = options_parser().parse_args()
    options.build = options.build.resolve()
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    pin(LOAD_CORE)
    try:
        return bench(options)
    except ValueError as error:
        sys.exit(f"bench: {error}")
    except KeyboardInterrupt:
        return 130
    finally:
        kill_all()


if __name__ == "__main__":
    sys.exit(main())
