"""The self-contained HTML report, and the chart for the README."""

import html
from pathlib import Path

from . import charts
from .contenders import OURS
from .primitives import KERNEL, PRIMITIVES
from .rounds import Rounds

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>unblock: benchmark</title><style>
body {{ font: 15px/1.45 sans-serif; max-width: 1000px; margin: 2em auto; padding: 0 1em; color: #222 }}
.charts {{ display: flex; flex-wrap: wrap; gap: 1em }} .charts svg {{ width: 470px; height: auto }}
table {{ border-collapse: collapse; font-size: 13px }} td, th {{ padding: 1px 9px; text-align: right }}
td:nth-child(-n+2), th:nth-child(-n+2) {{ text-align: left }} tr {{ border-bottom: 1px solid #eee }}
pre {{ background: #f6f6f6; padding: 1em; white-space: pre-wrap; font-size: 12px }}
</style></head><body><h1>unblock: benchmark</h1>
<p>One unmodified blocking server, by kernel threads and by unblock, beside servers of the same behaviour.</p>
<pre>{about}</pre><div class="charts">{charts}</div>{tables}</body></html>
"""
LINES = (("cpu_us", "CPU per request", "us", False), ("requests_per_s", "throughput", "requests/s", False),
         ("system_calls", "system calls per request", "calls", False), ("p99_ms", "p99 latency", "ms", True))


def _families(rounds: Rounds) -> dict[str, list]:
    families: dict[str, list] = {}
    for load in rounds.workloads:
        families.setdefault(load.name.partition("-")[0], []).append(load)
    return families


def _chart(rounds: Rounds, family: str, loads: list, column: str, title: str, unit: str,
           logarithmic: bool) -> str:
    names = [one.name for one in rounds.contenders]
    series = {name: [rounds.median(load.name, name, column) for load in loads] for name in names}
    if len(loads) > 1:
        points = [load.connections for load in loads]
        return charts.lines(f"{family}: {title}", unit, points, series, logarithmic)
    values = {name: series[name][0] for name in names}
    return charts.bars(f"{loads[0].name}: {title}", unit, values, logarithmic)


def _memory(rounds: Rounds) -> list[str]:
    loads = [load for load in rounds.workloads if load.name.startswith("echo") and load.connections >= 1000]
    if not loads:
        return []
    values = {one.name: rounds.median(loads[-1].name, one.name, "available_kib") for one in rounds.contenders}
    return [charts.bars(f"memory per connection, {loads[-1].connections:,} idle",
                        "KiB in all, both ends' sockets", values)]


def _primitives(rounds: Rounds) -> list[str]:
    drawn = []
    for one in PRIMITIVES:
        values = {runner: sorted(seen)[len(seen) // 2] for runner in (KERNEL, OURS)
                  if (seen := rounds.primitives.get((one.name, runner)))}
        if values:
            drawn.append(charts.bars(f"{one.name}: {one.about}", "ns", values, logarithmic=False))
    return drawn


def all_charts(rounds: Rounds) -> list[str]:
    """Each an <svg> element."""
    drawn = [_chart(rounds, family, loads, *line) for family, loads in _families(rounds).items()
             for line in LINES]
    return drawn + _memory(rounds) + _primitives(rounds)


def _table(markdown: str) -> str:
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in markdown.splitlines()]
    head, rows = cells[0], cells[2:]

    def row(tag: str, values: list[str]) -> str:
        return "<tr>" + "".join(f"<{tag}>{html.escape(value)}</{tag}>" for value in values) + "</tr>"

    return "<table>" + row("th", head) + "".join(row("td", values) for values in rows) + "</table>"


def write(rounds: Rounds, path: Path, about: str, tables: dict[str, str]) -> None:
    """One file without references to others."""
    sections = "".join(f"<h2>{html.escape(title)}</h2>{_table(text)}" for title, text in tables.items())
    drawn = "".join(all_charts(rounds))
    path.write_text(PAGE.format(about=html.escape(about), charts=drawn, tables=sections), encoding="utf-8")


def write_overview(rounds: Rounds, path: Path) -> None:
    """CPU per request and memory per connection side by side, for the README."""
    loads = _families(rounds).get("echo", [])
    names = [one.name for one in rounds.contenders]
    cpu = {name: [rounds.median(load.name, name, "cpu_us") for load in loads] for name in names}
    memory = {name: rounds.median(loads[-1].name, name, "available_kib") for name in names} if loads else {}
    path.write_text(charts.overview([load.connections for load in loads], cpu, memory), encoding="utf-8")
