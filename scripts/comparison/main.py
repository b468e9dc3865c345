"""./scripts/compare after it has set up and built: the command line, the rounds, the report."""

import argparse
import os
import subprocess
import sys
from dataclasses import astuple, fields
from pathlib import Path
from typing import Callable

from . import custom, iterative, loops, machine, measure, table
from .clients import WrongContent
from .counters import SystemCalls
from .load import LoadFailed
from .process import LOAD_CORE, conduct
from .server import Server, load_all

ROOT = Path(__file__).resolve().parent.parent.parent
HEAD = ["server", "mode", "requests/s", "p50 ms", "p99 ms", "CPU us/req", "syscalls/req", "threads",
        "RSS MiB"]
COLUMNS = fields(measure.Row)[:len(HEAD) - 2]  # the rest is in the CSV only
MODES = ("native", "unblocked")
ROUNDS = 3


def options_parser() -> argparse.ArgumentParser:
    """The command line; its --help is the documentation."""
    parser = argparse.ArgumentParser(
        prog="compare", description="Runs unmodified servers natively and unblocked under the same load and "
        "prints what each cost. With --server and --load: yours. `compare peers` is another comparison: with "
        "gevent, eventlet and asyncio.")
    add = parser.add_argument
    add("--only", metavar="NAME,...", default="", help="these servers only (see --list), or "
        "iterative: servers without threads and slow clients; loops: servers with event loops of their own, "
        "which must not lose by it")
    add("--list", action="store_true", help="list the servers and end")
    add("--rounds", type=int, metavar="N",
        help=f"runs of each in each mode (default {ROUNDS}); starts of those with loops "
             f"(default {loops.STARTS})")
    add("--seconds", type=float, default=1, metavar="S",
        help="length of a load (default 1; wrk and ab take whole seconds)")
    add("--csv", metavar="FILE", help="write the figures to FILE, unrounded, but for servers with loops")
    add("--server", metavar="CMD", help="your server's command, with {port} where its port goes")
    add("--load", metavar="CMD", help="a shell command that loads it, with {port}")
    add("--unblock", type=Path, default=ROOT / "build" / "unblock", metavar="PATH",
        help="the launcher (default: the one in ./build, which is built first)")
    add("--tools", type=Path, default=ROOT / "build" / "scripts", metavar="DIR",
        help="where load_client, load_backend and echo_server are (default: in ./build)")
    return parser


def parse(arguments: list[str]) -> argparse.Namespace:
    """The options; ends with a message when they make no sense."""
    parser = options_parser()
    options = parser.parse_args(arguments)
    if bool(options.server) != bool(options.load):
        parser.error("--server and --load belong together")
    if options.server and "{port}" not in options.server:
        parser.error("--server needs {port} where the port number goes")
    if (options.rounds is not None and options.rounds < 1) or not 0 < options.seconds <= 60:
        parser.error("--rounds is at least 1, --seconds at most 60")
    options.unblock, options.tools = options.unblock.resolve(), options.tools.resolve()
    return options


def choose(names: str) -> list[Server]:
    """The servers of --only; without it all that have no loop of their own."""
    known = load_all()
    looping = [name for name, server in known.items() if server.has_loop]
    if not names:
        return [server for server in known.values() if not server.has_loop]
    wanted = [name for name in names.split(",") if name and name != iterative.NAME]
    wanted = [name for word in wanted for name in (looping if word == loops.NAME else [word])]
    if unknown := [name for name in wanted if name not in known]:
        sys.exit(f"compare: no server named {', '.join(unknown)}; there are {', '.join(known)}, "
                 f"{iterative.NAME}, {loops.NAME}")
    return [known[name] for name in wanted]


class Comparison:
    """The rounds, and what they showed."""

    def __init__(self, options: argparse.Namespace, chosen: list[Server]):
        self.options, self.chosen = options, chosen
        self.rows: dict[tuple[str, str], list[measure.Row]] = {}
        self.failures: dict[tuple[str, str], str] = {}
        self.runs: list[list] = []

    def run(self) -> None:
        """Every round takes every server both ways, so that what changes on the machine hits both alike."""
        for number in range(self.options.rounds):
            for server in self.chosen:
                for mode in MODES:
                    self._once(server, mode, number)

    def _once(self, server: Server, mode: str, number: int) -> None:
        key = (server.name, mode)
        if key in self.failures:
            return
        print(f"round {number + 1}/{self.options.rounds}: {server.name}, {mode}", file=sys.stderr, flush=True)
        launcher = self.options.unblock if mode == "unblocked" else None
        try:
            row = measure.run_once(server, self.options.tools, launcher, self.options.seconds,
                                   count=number == 0)
        except (LoadFailed, WrongContent, RuntimeError, OSError, subprocess.SubprocessError) as error:
            self.failures[key] = str(error)
            print(f"  failed: {error}", file=sys.stderr)
            return
        self.rows.setdefault(key, []).append(row)
        self.runs.append([number + 1, *key, *astuple(row)])

    def table(self) -> str:
        """Three lines a server: native, unblocked, and the one divided by the other."""
        lines = []
        for server in self.chosen:
            medians = {}
            for mode in MODES:
                key = (server.name, mode)
                if key in self.failures:
                    lines.append([server.name, mode, "failed: " + self.failures[key]])
                else:
                    medians[mode] = measure.median(self.rows[key])
                    lines.append([server.name, mode, *cells(medians[mode], table.figure)])
            if len(medians) == 2:
                ratio = measure.ratio(medians["unblocked"], medians["native"])
                lines.append(["", "ratio", *cells(ratio, table.factor)])
        return table.render(HEAD, lines)


def cells(row: measure.Row, text: Callable) -> list[str]:
    """A row's figures as `text` writes them."""
    return [text(getattr(row, column.name)) for column in COLUMNS]


def installed_of(chosen: list[Server], tools: Path) -> list[Server]:
    """Those that are installed; says of the others that they are not."""
    installed = [server for server in chosen if server.program({"tools": str(tools)})]
    for server in chosen:
        if server not in installed:
            print(f"{server.name} is left out: {' '.join(server.packages)} is not installed", file=sys.stderr)
    if not installed:
        sys.exit("compare: nothing to compare is installed")
    return installed


def compare_threaded(options: argparse.Namespace, installed: list[Server]) -> int:
    """The servers with threads. Returns 1 when any run failed."""
    options.rounds = options.rounds or ROUNDS
    busy = machine.busy_before()
    comparison = Comparison(options, installed)
    comparison.run()
    print(machine.describe(options.unblock), machine.servers(installed), "Mind that:",
          machine.caveats(options.rounds, busy), "", comparison.table(), sep="\n")
    if options.csv:
        names = [column.name for column in fields(measure.Row)]
        table.write_csv(options.csv, ["round", "server", "mode", *names], comparison.runs)
    return 1 if comparison.failures else 0


def compare(options: argparse.Namespace) -> int:
    """The whole comparison of our servers. Returns 1 when anything failed or is not installed."""
    chosen = choose(options.only)
    installed = installed_of(chosen, options.tools) if chosen else []
    failed = installed != chosen
    SystemCalls.probe()
    for has_loop, how in ((False, compare_threaded), (True, loops.compare)):
        if servers := [server for server in installed if server.has_loop == has_loop]:
            failed |= how(options, servers)
    if not options.only or iterative.NAME in options.only.split(","):
        failed |= iterative.compare(options.unblock)
    return 1 if failed else 0


def main() -> int:
    """Returns the exit status."""
    options = parse(sys.argv[1:])
    if options.list:
        print(machine.servers(choose(options.only)))
        return 0
    if not os.access(options.unblock, os.X_OK):
        sys.exit(f"compare: {options.unblock} is not there; ./scripts/compare builds it")
    return conduct(lambda: custom.compare(options) if options.server else compare(options), LOAD_CORE)


if __name__ == "__main__":
    sys.exit(main())
