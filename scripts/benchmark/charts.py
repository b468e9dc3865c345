"""The charts, as SVG, by matplotlib."""

import io
import re
from dataclasses import dataclass
from typing import Optional

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams.update({"svg.hashsalt": "unblock", "font.size": 10, "axes.spines.top": False,
                            "axes.spines.right": False, "svg.fonttype": "none",
                            "figure.constrained_layout.use": True})
from matplotlib import pyplot, ticker  # noqa: E402: after use()

from comparison import table  # noqa: E402

from .contenders import BASE, OURS  # noqa: E402

COLOURS = {OURS: "#d62728", BASE: "#222222", "threads": "#1f77b4"}
PLAIN = ticker.StrMethodFormatter("{x:,.10g}")
OTHERS = ("#2ca02c", "#9467bd", "#8c564b", "#e377c2", "#bcbd22", "#17becf", "#7f7f7f")


def colours(names: list[str]) -> dict[str, str]:
    """The same name, the same colour, in all charts."""
    others = [name for name in names if name not in COLOURS]
    return {**COLOURS, **{name: OTHERS[i % len(OTHERS)] for i, name in enumerate(others)}}


@dataclass(frozen=True)
class Point:
    """A median, and what it is the median of: the least and the most."""

    median: float
    least: float
    most: float


Series = dict[str, list[Optional[Point]]]  # of each name, over connections


def _text(figure) -> str:
    """The figure as an element, a line to a tag."""
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    pyplot.close(figure)
    text = out.getvalue()
    return re.sub(r"\n(?! *<)", " ", re.sub(r"\n *", "\n", text[text.index("<svg"):]))


def _draw_lines(axes, points: list[int], series: Series, ours: float) -> None:
    """One line for each name, over connections, with the spread; that of ours is `ours` wide."""
    colour = colours(list(series))
    for name, values in series.items():
        seen = [(x, y) for x, y in enumerate(values) if y is not None]
        if seen:
            spread = [[y.median - y.least for _, y in seen], [y.most - y.median for _, y in seen]]
            axes.errorbar([x for x, _ in seen], [y.median for _, y in seen], yerr=spread, marker="o",
                          markersize=4, label=name, color=colour[name], elinewidth=0.7,
                          linewidth=ours if name == OURS else 1.3)
    axes.set_xticks(range(len(points)), [f"{point:,}" for point in points])
    axes.grid(axis="y", alpha=0.3)


def _legend(axes) -> None:
    """Below everything, where it hides nothing; names alone, without the bars of the spread."""
    drawn, names = axes.get_legend_handles_labels()
    axes.legend([one[0] for one in drawn], names, loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=5,
                frameon=False, fontsize=8)


def _draw_bars(axes, series: dict[str, Optional[Point]], names: list[str]) -> None:
    """One bar for each name, with its value and spread; coloured as where all of `names` are."""
    shown = [name for name, value in series.items() if value is not None][::-1]
    points = [series[name] for name in shown]
    colour = colours(names)
    spread = [[one.median - one.least for one in points], [one.most - one.median for one in points]]
    drawn = axes.barh(shown, [one.median for one in points], color=[colour[name] for name in shown],
                      xerr=spread, error_kw={"elinewidth": 0.7})
    axes.bar_label(drawn, [table.figure(one.median) for one in points], padding=4)
    axes.margins(x=0.2)
    axes.xaxis.set_major_locator(ticker.MaxNLocator(5))
    axes.xaxis.set_major_formatter(PLAIN)


def lines(title: str, unit: str, points: list[int], series: Series, logarithmic: bool = False) -> str:
    """One line for each name, over connections."""
    figure, axes = pyplot.subplots(figsize=(4.8, 3.8))
    _draw_lines(axes, points, series, 2.4)
    axes.set(title=title, xlabel="connections", ylabel=unit)
    if logarithmic:
        axes.set_yscale("log")
    else:
        axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter(PLAIN)
    axes.yaxis.set_minor_formatter(ticker.NullFormatter())
    _legend(axes)
    return _text(figure)


def bars(title: str, unit: str, series: dict[str, Optional[Point]]) -> str:
    """One bar for each name, with its value."""
    figure, axes = pyplot.subplots(figsize=(4.8, 1 + 0.35 * max(2, len(series))))
    _draw_bars(axes, series, list(series))
    axes.set(title=title, xlabel=unit)
    return _text(figure)


def overview(points: list[int], cpu: Series, memory: dict[str, Optional[Point]]) -> str:
    """CPU per echo request over connections, and memory per idle connection."""
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(9, 3.8), gridspec_kw={"width_ratios": [3, 2]})
    _draw_lines(left, points, cpu, 2.4)
    left.set_ylim(bottom=0)
    left.set(title="CPU per echo request, us", xlabel="busy connections")
    _draw_bars(right, memory, list(cpu))
    right.set(title="memory per idle connection, KiB")
    _legend(left)
    return _text(figure)
