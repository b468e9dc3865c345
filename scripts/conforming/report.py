"""What the tests showed, natively beside unblocked, and the verdict."""

from dataclasses import dataclass, field

GOOD = ("ok", "skipped", "expected failure")
HEAD = (f"{'':32} {'native':>13} {'unblocked':>13} {'native':>9} {'unblocked':>9}  "
        f"{'status':>8} {'status':>9}  {'worse':>5}")


@dataclass
class Outcome:
    """One way of running a group of tests: exit status, seconds, and how each test of it fared."""

    status: object
    seconds: float
    tests: dict[str, str] = field(default_factory=dict)

    def good(self) -> int:
        """How many passed or were skipped."""
        return sum(result.startswith(GOOD) for result in self.tests.values())


@dataclass
class Group:
    """A group of tests, run both ways."""

    name: str
    native: Outcome
    unblocked: Outcome

    def differing(self) -> list[tuple[str, str, str]]:
        """(test, natively, unblocked) of those that pass one way only."""
        tests = sorted(self.native.tests.keys() | self.unblocked.tests.keys())
        found = [(test, self.native.tests.get(test, "not run"), self.unblocked.tests.get(test, "not run"))
                 for test in tests]
        return [entry for entry in found if entry[1].startswith(GOOD) != entry[2].startswith(GOOD)]

    def worse(self) -> list[tuple[str, str, str]]:
        """Those that pass natively and fail unblocked."""
        found = [entry for entry in self.differing() if entry[1].startswith(GOOD)]
        if not found and self.native.status == 0 and self.unblocked.status != 0:
            found.append(("the whole of it", "status 0", f"status {self.unblocked.status}"))
        return found

    def show(self) -> None:
        """Prints its line, and a line for each difference."""
        ways = (self.native, self.unblocked)
        counts = " ".join(f"{way.good():5} of {len(way.tests):4}" for way in ways)
        times = " ".join(f"{way.seconds:7.1f} s" for way in ways)
        print(f"{self.name:32} {counts} {times}  {self.native.status!s:>8} {self.unblocked.status!s:>9}"
              f"  {len(self.worse()):5}")
        for test, before, after in self.worse():
            print(f"    {test}: {before} natively, {after} unblocked")
        for test, before, after in self.differing():
            if not before.startswith(GOOD):
                print(f"    {test}: {before} natively, {after} unblocked (better)")


def verdict(groups: list[Group]) -> int:
    """Prints the last line; returns the exit status: 1 when anything passes natively and fails unblocked."""
    total = sum(len(group.native.tests) for group in groups)
    good = [sum(way.good() for way in ways) for ways in zip(*((g.native, g.unblocked) for g in groups))]
    worse = sum(len(group.worse()) for group in groups)
    print(f"{total} tests: {good[0]} pass natively, {good[1]} unblocked; "
          f"{worse} pass natively and fail unblocked")
    return 1 if worse else 0
