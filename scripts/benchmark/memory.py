"""What connections cost in memory: of the server, and of the machine."""

from dataclasses import dataclass
from pathlib import Path


def _kib(path: str, keys: list[str]) -> list[int]:
    fields = dict(line.split(":", 1) for line in Path(path).read_text().splitlines() if ":" in line)
    return [int(fields[key].split()[0]) for key in keys]


@dataclass
class Memory:
    """In KiB: resident and page tables of some processes, and what the machine has left for others."""

    rss_kib: float
    tables_kib: float
    available_kib: float

    @classmethod
    def now(cls, pids: list[int]) -> "Memory":
        """As it is now."""
        each = [_kib(f"/proc/{pid}/status", ["VmRSS", "VmPTE"]) for pid in pids]
        available, = _kib("/proc/meminfo", ["MemAvailable"])
        return cls(sum(rss for rss, _ in each), sum(tables for _, tables in each), available)

    def per_connection(self, before: "Memory", connections: int) -> "Memory":
        """What each of the connections made since `before` has taken."""
        return Memory((self.rss_kib - before.rss_kib) / connections,
                      (self.tables_kib - before.tables_kib) / connections,
                      (before.available_kib - self.available_kib) / connections)
