"""What threads are made of: creation, switches, waking; and how many can sleep."""

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from comparison.load import LoadFailed
from comparison.process import SERVER_CORE, pin

from .contenders import OURS


@dataclass(frozen=True)
class Primitive:
    """One thing that threads do, `count` times in a run."""

    name: str
    about: str
    count: int


PRIMITIVES = (
    Primitive("create", "pthread_create and pthread_join, stacks warm", 20000),
    Primitive("yield", "from one thread to another by sched_yield", 200000),
    Primitive("condvar", "there and back, by a mutex and a condition", 20000),
    Primitive("futex", "there and back, by two futex words", 20000),
)
KERNEL = "threads"
RUNNERS = (KERNEL, OURS)
LONGER = 10  # times as many of each when unblocked, for runs of like length


def _output(runner: str, build: Path, arguments: list[str], seconds: float = 60) -> str:
    command = [str(build / "unblock")] if runner == OURS else []
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False,
                          timeout=seconds, preexec_fn=lambda: pin(SERVER_CORE))
    if not done.stdout:
        raise LoadFailed(f"{arguments[0]} printed nothing: {done.stderr.strip()[-200:]}")
    return done.stdout


def nanoseconds(primitive: Primitive, runner: str, build: Path) -> float:
    """One run."""
    count = primitive.count * (LONGER if runner == OURS else 1)
    return float(_output(runner, build, [str(build / "scripts" / "contender_primitives"), primitive.name,
                                         str(count)]))


@dataclass
class Sleepers:
    """Threads asleep at once; GiB in all."""

    threads: int
    seconds: float
    gib: float
    error: str


def sleepers(runner: str, build: Path, threads: int, stack_kib: Optional[int]) -> Sleepers:
    """One run: as many as can be had, up to `threads`."""
    arguments = [str(build / "scripts" / "contender_sleepers"), str(threads)]
    if stack_kib:
        arguments.append(str(stack_kib))
    found = dict(pair.split("=") for pair in _output(runner, build, arguments, 600).split())
    return Sleepers(int(found["threads"]), float(found["seconds"]), int(found["available"]) / 1024 / 1024,
                    found["error"])
