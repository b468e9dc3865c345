"""What the numbers were measured on, and what to keep in mind when reading them."""

import os
import platform
import subprocess
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
    version = subprocess.run([launcher, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    memory = int(_field("/proc/meminfo", "MemTotal").split()[0]) / 1024 / 1024
    return (f"{_field('/proc/cpuinfo', 'model name')}, {os.cpu_count()} cores, {memory:.0f} GiB; {_system()}, "
            f"Linux {platform.release()}, glibc {platform.libc_ver()[1]}\n"
            f"{version.splitlines()[0] if version else launcher}")


def servers(chosen: list[Server]) -> str:
    """What is loaded, and how."""
    width = max(len(server.name) for server in chosen)
    return "\n".join(f"  {server.name.ljust(width)}  {server.version()}: {server.about}" for server in chosen)


def caveats(rounds: int, seconds: float) -> str:
    """Printed above the table, so nobody reads the table without them."""
    lines = [f"Medians of {rounds} rounds of {seconds:g} s, native and unblocked by turns; short runs on a shared "
             "machine vary by some percent."]
    if len(CORES) > 1:
        lines.append(f"The server has core {SERVER_CORE} to itself, the load (and a proxy's backend) core {LOAD_CORE}: "
                     "natively, more cores would serve more.")
    else:
        lines.append("One core for server and load alike: requests/s says little here, CPU per request more.")
    lines.append("Where the load's core is the limit, requests/s is alike in both modes and CPU per request tells "
                 "them apart.")
    lines.append("CPU and system calls include opening connections. System calls are counted in a load of their own.")
    if SystemCalls.unusable:
        lines.append(f"System calls are not counted: {SystemCalls.unusable}.")
    return "\n".join("  - " + line for line in lines)
