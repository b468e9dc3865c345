"""What the numbers were measured on, and what to keep in mind when reading them."""

import os
import platform
import subprocess
import time
from pathlib import Path

from .counters import SystemCalls
from .process import CORES, LOAD_CORE, SERVER_CORE
from .server import Server


def _field(path: str, key: str) -> str:
    for line in Path(path).read_text().splitlines():
        if line.startswith(key):
            return line.partition(":")[2].strip()
    return "unknown"


def _system() -> str:
    for line in Path("/etc/os-release").read_text().splitlines():
        if line.startswith("PRETTY_NAME="):
            return line.partition("=")[2].strip('"')
    return platform.system()


def describe(launcher: Path) -> str:
    """Processor, memory, kernel, C library and our own version, two lines."""
    done = subprocess.run([launcher, "--version"], capture_output=True, text=True, check=False)
    memory = int(_field("/proc/meminfo", "MemTotal").split()[0]) / 1024 / 1024
    return (f"{_field('/proc/cpuinfo', 'model name')}, {os.cpu_count()} cores, {memory:.0f} GiB; "
            f"{_system()}, Linux {platform.release()}, glibc {platform.libc_ver()[1]}\n"
            + (done.stdout.strip().splitlines() or [str(launcher)])[0])


def servers(chosen: list[Server]) -> str:
    """What is loaded, and how."""
    width = max((len(server.name) for server in chosen), default=0)
    return "\n".join(f"  {server.name.ljust(width)}  {server.version()}: {server.about}" for server in chosen)


def busy_before(seconds: float = 0.5) -> float:
    """The part of the machine (0..1) that other work keeps busy. Call it before anything of ours runs."""
    def ticks() -> tuple[int, int]:
        user, nice, system, idle, wait = map(int, Path("/proc/stat").read_text().split()[1:6])
        return user + nice + system, idle + wait

    busy, idle = ticks()
    time.sleep(seconds)
    busy_now, idle_now = ticks()
    return (busy_now - busy) / max(1, busy_now - busy + idle_now - idle)


def caveats(rounds: int, busy: float) -> str:
    """Printed above the table, so nobody reads the table without them."""
    lines = [f"Medians of {rounds} short rounds, native and unblocked by turns: they vary by some percent."]
    if busy > 0.1:
        lines.append(f"Other work kept {busy:.0%} of this machine busy before the first round: trust CPU per "
                     "request\n    and system calls, not requests/s and latency.")
    if len(CORES) > 1:
        lines.append(f"The server is kept on core {SERVER_CORE}, the load (and a proxy's backend) on core "
                     f"{LOAD_CORE}: natively, more cores would serve more.")
    else:
        lines.append("One core for server and load alike: requests/s says little, CPU per request more.")
    lines.append("Where the load's core is the limit, requests/s is the same in both modes; CPU is not.")
    lines.append("CPU and system calls include opening connections. System calls are counted in a load of "
                 "their own.")
    if SystemCalls.unusable:
        lines.append(f"System calls are not counted: {SystemCalls.unusable}.")
    return "\n".join("  - " + line for line in lines)
