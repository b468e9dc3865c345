"""The results as an aligned Markdown table, and as CSV."""

import csv
from typing import Optional


def figure(value: Optional[float]) -> str:
    """A number with about three significant digits (counts as they are), '-' when there is none."""
    if value is None:
        return "-"
    if value >= 100 or isinstance(value, int):
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def factor(value: Optional[float]) -> str:
    """A ratio: 1.33x."""
    return "-" if value is None else f"{value:.2f}x" if value < 100 else f"{value:.0f}x"


def whole(value: Optional[float]) -> str:
    """A count of things."""
    return "-" if value is None else f"{value:,.0f}"


def render(head: list[str], rows: list[list[str]]) -> str:
    """Aligned columns: the first two to the left, numbers to the right. A row of three cells
    is a failure, whose text need not fit a column."""
    fitting = [row if len(row) == len(head) else row[:2] + [""] * (len(head) - 2) for row in rows]
    widths = [max(map(len, column)) for column in zip(head, *fitting)]

    def line(cells: list[str]) -> str:
        padded = [cell.ljust(width) if i < 2 else cell.rjust(width) for i, (cell, width) in
                  enumerate(zip(cells, widths))]
        return "| " + " | ".join(padded) + " |"

    rules = ["-" * (width + 2) if i < 2 else "-" * (width + 1) + ":" for i, width in enumerate(widths)]
    out = [line(head), "|" + "|".join(rules) + "|"]
    for row in rows:
        if len(row) == len(head):
            out.append(line(row))
        else:
            out.append(f"| {row[0].ljust(widths[0])} | {row[1].ljust(widths[1])} | {row[2]} |")
    return "\n".join(out)


def write_csv(path: str, head: list[str], rows: list[list]) -> None:
    """Every run's row, unrounded."""
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        writer.writerows(rows)
