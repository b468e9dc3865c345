"""Whole programs whose threads compute, on all cores: by kernel threads and unblocked, by turns."""

import os
import resource
import shlex
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from comparison.load import LoadFailed
from comparison.process import CORES

from .contenders import OURS, SOURCE
from .primitives import KERNEL

INPUT_BYTES = 48 << 20


@dataclass(frozen=True)
class Job:
    """A command; {input} in it is a file, {cores} how many cores there are, {threads} twice as many, {source}
    the directory of our programs in Python."""

    name: str
    about: str
    command: str


JOBS = (
    Job("pigz", "gzip in parallel", "pigz -k -c -p {cores} {input}"),
    Job("pbzip2", "bzip2 in parallel", "pbzip2 -k -c -p{cores} {input}"),
    Job("xz", "xz in parallel", "xz -T{cores} -0 -k -c {input}"),
    Job("sysbench-cpu", "primes", "sysbench cpu --threads={threads} --time=0 --events=6000 run"),
    Job("sysbench-mutex", "a few contended mutexes",
        "sysbench mutex --threads={threads} --mutex-num=8 --mutex-locks=4000000 --mutex-loops=100 run"),
    Job("sysbench-memory", "memory written by all threads",
        "sysbench memory --threads={threads} --memory-total-size=12G run"),
    Job("python-compute", "a Python thread that computes beside one that serves",
        "/usr/bin/python3 {source}/computing_neighbour.py compute"),
    Job("python-serve", "a Python thread that serves beside one that computes",
        "/usr/bin/python3 {source}/computing_neighbour.py serve"),
)


@dataclass
class Pair:
    """One run by kernel threads and one unblocked, next to each other."""

    seconds: float       # by kernel threads
    seconds_ratio: float
    cpu_ratio: float


def available(job: Job) -> bool:
    """Whether its program is installed."""
    return shutil.which(shlex.split(job.command)[0]) is not None


class Input:
    """A context manager: the path of a file with programs and libraries in it, which compress as such do."""

    def __enter__(self) -> str:
        self._directory = tempfile.TemporaryDirectory(prefix="unblock-bench-")
        path = Path(self._directory.name) / "input"
        with open(path, "wb") as out:
            for source in sorted(Path("/usr/bin").iterdir()):
                if out.tell() >= INPUT_BYTES:
                    break
                if source.is_file() and os.access(source, os.R_OK):
                    out.write(source.read_bytes()[:INPUT_BYTES - out.tell()])
        return str(path)

    def __exit__(self, *_) -> None:
        self._directory.cleanup()


def _run(command: list[str]) -> tuple[float, float]:
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True, check=False, timeout=300,
                          preexec_fn=lambda: os.sched_setaffinity(0, CORES))
    seconds, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise LoadFailed(f"{command[0]}: status {done.returncode}: {done.stderr.strip()[-200:]}")
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def pair(job: Job, build: Path, path: str, ours_first: bool) -> Pair:
    """One of each; who is first changes, since what else the machine does comes and goes."""
    words = shlex.split(job.command.format(input=path, cores=len(CORES), threads=2 * len(CORES),
                                           source=SOURCE))
    commands = {KERNEL: words, OURS: [str(build / "unblock"), *words]}
    seen = {who: _run(commands[who]) for who in ((OURS, KERNEL) if ours_first else (KERNEL, OURS))}
    (seconds, cpu), (our_seconds, our_cpu) = seen[KERNEL], seen[OURS]
    return Pair(seconds, our_seconds / seconds, our_cpu / cpu)
