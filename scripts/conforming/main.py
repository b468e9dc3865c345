"""./scripts/conformance after it has set up and built: the command line, the runs, the verdict."""

import argparse
import os
import signal
import sys
import tempfile
from pathlib import Path

from . import cpython, programs, report, stress

ROOT = Path(__file__).resolve().parent.parent.parent
SUITES = {"programs": programs, "stress": stress, "python": cpython}


def options_parser() -> argparse.ArgumentParser:
    """The command line; its --help is the documentation."""
    parser = argparse.ArgumentParser(
        prog="conformance", description="Runs tests and programs that others wrote natively and unblocked, "
        "and prints each test that fares differently. Exit status 1 when anything passes natively and fails "
        "unblocked. Suites: programs, real ones with real work; stress, the stressors of stress-ng that "
        "verify themselves; python, CPython's own tests.")
    add = parser.add_argument
    add("names", nargs="*", metavar="SUITE|NAME",
        help="suites, programs, stressors, modules (default: everything)")
    add("--list", action="store_true", help="list what there is and end")
    add("--repeat", type=int, default=1, metavar="N", help="run everything N times")
    add("--timeout", type=float, default=900, metavar="SECONDS", help="for one module, one way (default 900)")
    add("--match", action="append", default=[], metavar="PATTERN",
        help="of Python's modules, only these tests")
    add("--company", action="store_true",
        help="with a thread that sleeps beside every Python test, so that none has the process to itself")
    add("--logs", type=Path, metavar="DIRECTORY", help="keep what the tests printed there")
    add("--unblock", type=Path, default=ROOT / "build" / "unblock", metavar="PATH",
        help="the launcher (default: the one in ./build, which is built first)")
    return parser


def plan(wanted: list[str]) -> list[tuple]:
    """[(suite, name)] of what is to be run."""
    known = {(key, name): (suite, name) for key, suite in SUITES.items() for name in suite.names()}
    unknown = set(wanted) - {word for pair in known for word in pair}
    if unknown:
        sys.exit(f"conformance: no suite and no test is named {', '.join(sorted(unknown))}")
    return [entry for pair, entry in known.items() if not wanted or set(pair) & set(wanted)]


def run_all(chosen, entries: list[tuple], directory: Path) -> int:
    """One run of everything; returns its exit status."""
    directory.mkdir(parents=True, exist_ok=True)
    print(report.HEAD)
    groups = []
    for suite, name in entries:
        groups.append(suite.run(name, chosen, directory))
        groups[-1].show()
        sys.stdout.flush()
    return report.verdict(groups)


def main() -> int:
    """Returns the exit status."""
    chosen = options_parser().parse_args()
    entries = plan(chosen.names)
    if chosen.list:
        print("\n".join(name for _, name in entries))
        return 0
    chosen.unblock = chosen.unblock.resolve()
    if not os.access(chosen.unblock, os.X_OK):
        sys.exit(f"conformance: {chosen.unblock} is not there; ./scripts/conformance builds it")
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:  # as in a shell's background, and tests rely on it
        signal.signal(signal.SIGINT, signal.default_int_handler)
    with tempfile.TemporaryDirectory() as temporary:
        directory = chosen.logs or Path(temporary)
        return max([run_all(chosen, entries, directory / str(run)) for run in range(1, chosen.repeat + 1)])


if __name__ == "__main__":
    sys.exit(main())
