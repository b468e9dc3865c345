"""What the counts have in common: where things are, and a count held against its bound."""

import sys
from pathlib import Path
from typing import Iterable

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

SKIPPED = 77  # the exit status that meson takes for "skipped"
Count = tuple[str, float, float]  # what was counted, how much it was, the most it may be


class Uncountable(Exception):
    """Why this machine cannot count it."""


def judge(counts: Iterable[Count]) -> int:
    """Prints each count beside its bound. Returns the exit status."""
    failed = False
    try:
        for what, count, bound in counts:
            failed |= count > bound
            verdict = "FAILED" if count > bound else "ok"
            print(f"{verdict:6} {what}: {count:,.2f}; at most {bound:,}", flush=True)
    except Uncountable as reason:
        print(f"skipped: {reason}")
        return 1 if failed else SKIPPED
    return int(failed)
