"""How sure a median is: an interval that assumes nothing of how values are distributed."""

import math
import statistics
from dataclasses import dataclass

SURE = 0.95


@dataclass(frozen=True)
class Spread:
    """A median, and between what it lies in SURE of all cases; of few values, between what they lie."""

    median: float
    low: float
    high: float


def _dropped(count: int) -> int:
    """How many of the lowest values are not needed, nor as many of the highest. A value is as likely above
    the true median as below: so how many are below is binomially distributed."""
    tail, below = 0.0, 0
    while below < count // 2:
        tail += math.comb(count, below) / 2 ** count
        if tail > (1 - SURE) / 2:
            break
        below += 1
    return max(0, below - 1)


def of(values: list[float]) -> Spread:
    """The median of `values`, of which there is at least one, and its interval by order statistics."""
    ordered, dropped = sorted(values), _dropped(len(values))
    return Spread(statistics.median(ordered), ordered[dropped], ordered[-1 - dropped])
