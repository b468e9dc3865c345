"""The charts, as SVG, by matplotlib."""

import io
import re
from typing import Optional

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams.update({"svg.hashsalt": "unblock", "font.size": 10, "axes.spines.top": False,
                            "axes.spines.right": False, "svg.fonttype": "none"})
from matplotlib import pyplot  # noqa: E402: after use()

from .contenders import BASE, OURS  # noqa: E402

COLOURS = {OURS: "#d62728", BASE: "#222222", "threads": "#1f77b4"}
OTHERS = ("#2ca02c", "#9467bd", "#8c564b", "#e377c2", "#bcbd22", "#17becf", "#7f7f7f")


def colours(names: list[str]) -> dict[str, str]:
    """The same name, the same colour, in all charts."""
    others = [name for name in names if name not in COLOURS]
    return {**COLOURS, **{name: OTHERS[i % len(OTHERS)] for i, name in enumerate(others)}}


def _text(figure) -> str:
    """The figure as an element, a line to a tag."""
    out = io.StringIO()
    figure.savefig(out, format="svg", bbox_inches="tight",
                   metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    pyplot.close(figure)
    text = out.getvalue()
    return re.sub(r"\n(?! *<)", " ", re.sub(r"\n *", "\n", text[text.index("<svg"):]))


def _draw_lines(axes, points: list[int], series: dict[str, list[Optional[float]]], ours: float) -> None:
    """One line for each name, over connections; that of ours is `ours` wide."""
    colour = colours(list(series))
    for name, values in series.items():
        seen = [(x, y) for x, y in zip(range(len(points)), values) if y is not None]
        if seen:
            axes.plot(*zip(*seen), marker="o", markersize=4, label=name, color=colour[name],
                      linewidth=ours if name == OURS else 1.3)
    axes.set_xticks(range(len(points)), [f"{point:,}" for point in points])
    axes.grid(axis="y", alpha=0.3)
    axes.legend(frameon=False, fontsize=8)


def _draw_bars(axes, series: dict[str, Optional[float]], text: str, names: list[str]) -> None:
    """One bar for each name, with its value; coloured as where all of `names` are."""
    shown = [name for name, value in series.items() if value is not None][::-1]
    colour = colours(names)
    drawn = axes.barh(shown, [series[name] for name in shown], color=[colour[name] for name in shown])
    axes.bar_label(drawn, fmt=text, padding=3)
    axes.margins(x=0.18)


def lines(title: str, unit: str, points: list[int], series: dict[str, list[Optional[float]]],
          logarithmic: bool = False) -> str:
    """One line for each name, over connections."""
    figure, axes = pyplot.subplots(figsize=(4.2, 3.2))
    _draw_lines(axes, points, series, 2.2)
    axes.set(title=title, xlabel="connections", ylabel=unit)
    if logarithmic:
        axes.set_yscale("log")
    else:
        axes.set_ylim(bottom=0)
    return _text(figure)


def bars(title: str, unit: str, series: dict[str, Optional[float]], logarithmic: bool = False) -> str:
    """One bar for each name, with its value."""
    figure, axes = pyplot.subplots(figsize=(4.2, 0.6 + 0.32 * max(2, len(series))))
    _draw_bars(axes, series, "%.3g", list(series))
    axes.set(title=title, xlabel=unit)
    if logarithmic:
        axes.set_xscale("log")
    return _text(figure)


def overview(points: list[int], cpu: dict[str, list[Optional[float]]],
             memory: dict[str, Optional[float]]) -> str:
    """CPU per echo request over connections, and memory per idle connection."""
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(9, 3.4), gridspec_kw={"width_ratios": [3, 2]})
    _draw_lines(left, points, cpu, 2.4)
    left.set_ylim(bottom=0)
    left.set(title="CPU per echo request, us", xlabel="busy connections")
    _draw_bars(right, memory, "%.0f", list(cpu))
    right.set(title="memory per idle connection, KiB")
    figure.tight_layout()
    return _text(figure)
