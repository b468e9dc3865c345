"""What a server costs, read from the kernel: CPU time, threads, memory, system calls."""

import os
import select
import signal
import subprocess
import threading
import time
from pathlib import Path
from typing import Callable, Optional

from .load import LoadFailed

TICK = 1 / os.sysconf("SC_CLK_TCK")


def cpu_seconds(pids: list[int]) -> float:
    """User and system time of these processes and of their children that ended."""
    ticks = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += sum(int(field) for field in fields[11:15])  # utime, stime, cutime, cstime
    return ticks * TICK


def cpu_ns(pids: list[int]) -> int:
    """What these processes that run have taken, without their children, by their clocks (clock_getcpuclockid(3)):
    exact, where cpu_seconds() has ticks."""
    return sum(time.clock_gettime_ns(~pid << 3 | 2) for pid in pids)


def _status(pid: int) -> tuple[int, int]:
    """Kernel threads and resident KiB of a process, zeros when it is gone."""
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0, 0
    fields = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
    return int(fields.get("Threads", 0)), int(fields.get("VmRSS", "0 kB").split()[0])


def shared_memory_mib(pids: list[int]) -> Optional[float]:
    """Proportional set size (PSS): pages shared between processes are divided among them."""
    total = 0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            return None
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


class Sampler:
    """Looks at the processes now and then while the load runs; keeps the peaks."""

    PERIOD = 0.05

    def __init__(self, pids: Callable[[], list[int]]):
        self._pids = pids
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.threads = 0
        self.rss_mib = 0.0

    def sample(self) -> None:
        seen = [_status(pid) for pid in self._pids()]
        self.threads = max(self.threads, sum(threads for threads, _ in seen))
        self.rss_mib = max(self.rss_mib, sum(rss for _, rss in seen) / 1024)

    def _run(self) -> None:
        while not self._stop.wait(self.PERIOD):
            self.sample()

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()


class SystemCalls:
    """Counts the system calls of processes, their threads and their children to come, with perf(1)."""

    EVENT = "raw_syscalls:sys_enter"
    unusable = ""  # why it cannot be done on this machine, once known

    @classmethod
    def probe(cls) -> str:
        """Finds out once whether perf can count here; returns the reason when not."""
        try:
            done = subprocess.run(["perf", "stat", "-x,", "-e", cls.EVENT, "true"], capture_output=True,
                                  text=True, check=False, timeout=20)
        except (FileNotFoundError, subprocess.TimeoutExpired):
            cls.unusable = "perf is not installed or does not answer"
            return cls.unusable
        if done.returncode != 0 or cls.read(done.stderr) is None:
            cls.unusable = "perf cannot count " + cls.EVENT + " (no permission, or no tracepoints here)"
        return cls.unusable

    @staticmethod
    def read(text: str) -> Optional[int]:
        """The count that perf printed; None: it lost it."""
        counts = [line.split(",")[0] for line in text.splitlines() if SystemCalls.EVENT in line]
        return int(counts[0]) if counts and counts[0].isdigit() else None

    def __init__(self, pids: list[int]):
        control_read, self._control = os.pipe()
        self._answer, answer_write = os.pipe()
        self._perf = subprocess.Popen(
            ["perf", "stat", "-x,", "-e", self.EVENT, "-p", ",".join(map(str, pids)),
             "-D", "-1", "--control", f"fd:{control_read},{answer_write}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            pass_fds=(control_read, answer_write), start_new_session=True)
        os.close(control_read)
        os.close(answer_write)
        os.write(self._control, b"enable\n")
        if not select.select([self._answer], [], [], 10)[0]:
            self.stop()
            raise LoadFailed("perf did not attach")

    def stop(self) -> Optional[int]:
        """Ends the count and returns it."""
        self._perf.send_signal(signal.SIGINT)
        text = self._perf.communicate()[1]
        os.close(self._control)
        os.close(self._answer)
        return self.read(text)
