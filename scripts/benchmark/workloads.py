"""What the contenders have to do."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Workload:
    """A load on a server; `options` are those of the load client."""

    name: str
    about: str
    protocol: str
    connections: int
    options: tuple[str, ...] = ()


HTTP = ("--http", "128")
WORKLOADS = (
    *(Workload(f"echo-{n}", f"64-byte echo, {n:,} busy connections", "echo", n) for n in (64, 1000, 10000)),
    *(Workload(f"http-{n}", f"128-byte HTTP answers, keep-alive, {n:,} busy connections", "http", n, HTTP)
      for n in (64, 1000, 10000)),
    Workload("sleep-1000", "64-byte echo after 5 ms, 1,000 connections", "sleep", 1000),
    Workload("reconnect-64", "64-byte echo, a connection per request, 64 at once", "echo", 64,
             ("--reconnect", "1")),
)


def chosen(names: str) -> list[Workload]:
    """Those of --loads, by name or by the part before the dash; all without it. Raises ValueError."""
    wanted = [name for name in names.split(",") if name]
    found = [load for load in WORKLOADS
             if not wanted or load.name in wanted or load.name.partition("-")[0] in wanted]
    known = {load.name for load in WORKLOADS} | {load.name.partition("-")[0] for load in WORKLOADS}
    if unknown := set(wanted) - known:
        raise ValueError(f"no load named {', '.join(sorted(unknown))}")
    return found
