"""What was measured, as Markdown tables."""

import statistics
from typing import Optional

from comparison import spread, table

from . import daemons, jobs, measure, serving
from .contenders import BASE, OURS
from .primitives import KERNEL, PRIMITIVES
from .rounds import Rounds

SERVERS = ["load", "server", "requests/s", "p50 ms", "p99 ms", "CPU us/req", "spread", "/ epoll",
           "with 95 %", "/ unblocked", "syscalls/req"]
MEMORY = ["idle", "server", "RSS KiB", "page tables KiB", "in all KiB"]
PRIMITIVE = ["CPU ns of one", "", "threads", "spread", "unblocked", "spread", "ratio"]
CROWDS = ["connections", "server", "processes", "RSS KiB", "page tables KiB", "in all KiB"]
CORES = ["64 connections, handlers that compute", "requests/s on one core", "on all", "all / one",
         "with 95 %", "p99 ms on one core", "on all"]
JOBS = ["threads that compute", "", "seconds by threads", "unblocked", "spread", "CPU unblocked", "spread"]
DAEMONS = ["server", "load", "requests/s by threads", "unblocked", "with 95 %", "CPU us/req by threads",
           "unblocked", "with 95 %", "p99 ms by threads", "unblocked"]
SLEEPERS = ["stack", "run by", "asleep", "seconds", "GiB in all", "KiB each", "stopped by"]


def _spread(values: list[float], form: str) -> str:
    return f"{min(values):{form}}-{max(values):{form}}" if values else "-"


def _between(values: list[float]) -> str:
    if not values:
        return "-"
    seen = spread.of(values)
    return f"{seen.low:.3f}-{seen.high:.3f}"


def _server_row(rounds: Rounds, load: str, server: str, first: bool) -> list[str]:
    title = load if first else ""
    if reason := rounds.failures.get((load, server)):
        return [title, server, "failed: " + reason]
    cpu = measure.values(rounds.runs[(load, server)], "cpu_us")
    to_base, to_ours = (rounds.ratios(load, server, other) for other in (BASE, OURS))
    figures = [table.figure(rounds.median(load, server, column))
               for column in ("requests_per_s", "p50_ms", "p99_ms", "cpu_us")]
    return [title, server, *figures, _spread(cpu, ".2f"),
            table.factor(_median(to_base)), _between(to_base), table.factor(_median(to_ours)),
            table.figure(rounds.median(load, server, "system_calls"))]


def servers(rounds: Rounds) -> str:
    """A row for each load and contender."""
    return table.render(SERVERS, [
        _server_row(rounds, load.name, one.name, one is rounds.contenders[0])
        for load in rounds.workloads for one in rounds.contenders])


def memory(rounds: Rounds) -> str:
    """What idle connections cost."""
    rows = []
    for load in rounds.workloads:
        for one in rounds.contenders:
            kib = [rounds.median(load.name, one.name, column)
                   for column in ("rss_kib", "tables_kib", "available_kib")]
            if load.name.startswith("echo") and load.connections >= 1000 and kib[0] is not None:
                rows.append([f"{load.connections:,}", one.name, *map(table.figure, kib)])
    return table.render(MEMORY, rows)


def _median(values: list[float]) -> Optional[float]:
    return statistics.median(values) if values else None


def primitive(rounds: Rounds) -> str:
    """The primitives of threads."""
    rows = []
    for one in PRIMITIVES:
        kernel, ours = (rounds.primitives.get((one.name, runner), []) for runner in (KERNEL, OURS))
        ratio = table.factor(_median(kernel) / _median(ours)) if kernel and ours else "-"
        rows.append([one.name, one.about, table.figure(_median(kernel)), _spread(kernel, ".0f"),
                     table.figure(_median(ours)), _spread(ours, ".0f"), ratio])
    return table.render(PRIMITIVE, rows)


def computing(rounds: Rounds) -> str:
    """The server whose handlers compute."""
    rows = []
    for name in [one.name for one in rounds.contenders]:
        if not (seen := [taken[name] for taken in rounds.cores if name in taken]):
            continue
        factors = [one.factor for one in seen]
        medians = {column: table.figure(_median([getattr(one, column) for one in seen]))
                   for column in ("one", "all", "p99_one", "p99_all")}
        rows.append([name, medians["one"], medians["all"], table.factor(_median(factors)), _between(factors),
                     medians["p99_one"], medians["p99_all"]])
    return table.render(CORES, rows)


def jobs_done(rounds: Rounds) -> str:
    """Whole programs: pairs of runs next to each other, and the medians of their ratios."""
    rows = []
    for job in jobs.JOBS:
        seen = rounds.jobs.get((job.name, "both"), [])
        if not seen:
            continue
        ratios = [[one.seconds_ratio for one in seen], [one.cpu_ratio for one in seen]]
        figures = [text for values in ratios
                   for text in (table.factor(_median(values)), _spread(values, ".2f"))]
        rows.append([job.name, job.about, table.figure(_median([one.seconds for one in seen])), *figures])
    return table.render(JOBS, rows)


def _daemon_row(name: str, load: str, pairs: list[serving.Pair]) -> list[str]:
    row = [name, load]
    for column in ("requests_per_s", "cpu_us"):
        kernel = [getattr(pair.kernel, column) for pair in pairs]
        ratios = [getattr(pair.ours, column) / before for pair, before in zip(pairs, kernel) if before]
        row += [table.figure(_median(kernel)), table.factor(_median(ratios)), _between(ratios)]
    waits = [[seen.p99_ms for seen in side if seen.p99_ms is not None]
             for side in zip(*((pair.kernel, pair.ours) for pair in pairs))]
    return row + [table.figure(_median(values)) for values in waits]


def daemons_served(rounds: Rounds) -> str:
    """Real servers: pairs of loads next to each other, and the medians of their ratios."""
    rows = []
    for daemon in daemons.DAEMONS:
        if reason := rounds.failures.get((daemon.name, "both")):
            rows.append([daemon.name, "", "failed: " + reason])
        for number, load in enumerate(daemon.loads):
            if seen := rounds.daemons.get((daemon.name, "both")):
                name = "" if number else daemon.name
                rows.append(_daemon_row(name, load.name, [pair for one in seen for pair in one[number]]))
    return table.render(DAEMONS, rows)


def sleepers(rounds: Rounds) -> str:
    """Threads asleep at once."""
    rows = []
    for runner, stack_kib, seen in rounds.sleepers:
        each = seen.gib * 1024 * 1024 / seen.threads if seen.threads else None
        rows.append([f"{stack_kib} KiB" if stack_kib else "default", runner, f"{seen.threads:,}",
                     table.figure(seen.seconds), table.figure(seen.gib), table.figure(each), seen.error])
    return table.render(SLEEPERS, rows)


def crowds(rounds: Rounds) -> str:
    """Idle connections over several processes, memory for each."""
    rows = [[f"{seen.connections:,}", name, str(seen.processes), table.figure(seen.each.rss_kib),
             table.figure(seen.each.tables_kib), table.figure(seen.each.available_kib)]
            for name, seen in rounds.crowds]
    return table.render(CROWDS, rows)
