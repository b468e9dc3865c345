"""The charts, as SVG, by matplotlib."""

import io
from typing import Optional

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams.update({"svg.hashsalt": "unblock", "font.size": 10, "axes.spines.top": False,
                            "axes.spines.right": False, "svg.fonttype": "path"})
from matplotlib import pyplot  # noqa: E402: after use()

from .contenders import BASE, OURS  # noqa: E402

COLOURS = {OURS: "#d62728", BASE: "#222222", "threads": "#1f77b4"}
OTHERS = ("#2ca02c", "#9467bd", "#8c564b", "#e377c2", "#bcbd22", "#17becf", "#7f7f7f")


def colours(names: list[str]) -> dict[str, str]:
    """The same name, the same colour, in all charts."""
    others = [name for name in names if name not in COLOURS]
    return {**COLOURS, **{name: OTHERS[i % len(OTHERS)] for i, name in enumerate(others)}}


def _text(figure) -> str:
    out = io.StringIO()
    figure.savefig(out, format="svg", bbox_inches="tight", metadata={"Date": None, "Creator": None})
    pyplot.close(figure)
    text = out.getvalue()
    return text[text.index("<svg"):]


def lines(title: str, unit: str, points: list[int], series: dict[str, list[Optional[float]]],
          logarithmic: bool = False) -> str:
    """One line for each name, over connections."""
    figure, axes = pyplot.subplots(figsize=(4.2, 3.2))
    colour = colours(list(series))
    for name, values in series.items():
        seen = [(x, y) for x, y in zip(range(len(points)), values) if y is not None]
        if seen:
            axes.plot(*zip(*seen), marker="o", markersize=4, label=name, color=colour[name],
                      linewidth=2.2 if name == OURS else 1.3)
    axes.set_xticks(range(len(points)), [f"{point:,}" for point in points])
    axes.set(title=title, xlabel="connections", ylabel=unit)
    if logarithmic:
        axes.set_yscale("log")
    else:
        axes.set_ylim(bottom=0)
    axes.grid(axis="y", alpha=0.3)
    axes.legend(frameon=False, fontsize=8)
    return _text(figure)


def bars(title: str, unit: str, series: dict[str, Optional[float]], logarithmic: bool = False) -> str:
    """One bar for each name, with its value."""
    figure, axes = pyplot.subplots(figsize=(4.2, 0.6 + 0.32 * max(2, len(series))))
    names = [name for name, value in series.items() if value is not None][::-1]
    colour = colours(list(series))
    drawn = axes.barh(names, [series[name] for name in names], color=[colour[name] for name in names])
    axes.bar_label(drawn, fmt="%.3g", padding=3)
    axes.set(title=title, xlabel=unit)
    axes.margins(x=0.18)
    if logarithmic:
        axes.set_xscale("log")
    return _text(figure)


def overview(points: list[int], cpu: dict[str, list[Optional[float]]],
             memory: dict[str, Optional[float]]) -> str:
    """CPU per echo request over connections, and memory per idle connection."""
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(9, 3.4), gridspec_kw={"width_ratios": [3, 2]})
    colour = colours(list(cpu))
    for name, values in cpu.items():
        seen = [(x, y) for x, y in zip(range(len(points)), values) if y is not None]
        if seen:
            left.plot(*zip(*seen), marker="o", markersize=4, label=name, color=colour[name],
                      linewidth=2.4 if name == OURS else 1.3)
    left.set_xticks(range(len(points)), [f"{point:,}" for point in points])
    left.set(title="CPU per echo request, us", xlabel="busy connections")
    left.set_ylim(bottom=0)
    left.grid(axis="y", alpha=0.3)
    left.legend(frameon=False, fontsize=8)
    names = [name for name, value in memory.items() if value is not None][::-1]
    drawn = right.barh(names, [memory[name] for name in names], color=[colour[name] for name in names])
    right.bar_label(drawn, fmt="%.0f", padding=3)
    right.set(title="memory per idle connection, KiB")
    right.margins(x=0.18)
    figure.tight_layout()
    return _text(figure)
