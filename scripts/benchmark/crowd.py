"""More idle connections than one process has: several servers of a kind, each with its share."""

import resource
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from comparison.held_client import Client
from comparison.process import SERVER_CORE, Process, free_port

from .contenders import Contender
from .memory import Memory

SHARE = 20_000  # connections of a process at most: a client has about 28,000 ports for one of a server's
OTHERS = 100    # descriptors of a process that are no connections


@dataclass
class Crowd:
    """Connections open at once and each answered once before, by how many processes; KiB of each."""

    connections: int
    processes: int
    each: Memory


def share() -> int:
    """How many connections a process may have here."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    return SHARE if most == resource.RLIM_INFINITY else min(SHARE, most - OTHERS)


def gather(contender: Contender, build: Path, connections: int) -> Crowd:
    """Opens all of them, looks, and closes them."""
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="unblock-bench-")))
        servers, ports = [], []
        each = share()
        for number in range(-(-connections // each)):
            ports.append(free_port())
            arguments = contender.arguments(build, ports[-1], "echo")
            server = Process(arguments, directory / f"log{number}", SERVER_CORE, directory)
            stack.callback(server.kill)
            server.wait_ready(ports[-1])
            servers.append(server)
        pids = [pid for server in servers for pid in server.pids()]
        before = Memory.now(pids)
        for number, port in enumerate(ports):
            count = min(each, connections - number * each)
            stack.enter_context(Client(str(build / "scripts" / "load_client"), port, count, 1, []))
        return Crowd(connections, len(servers), Memory.now(pids).per_connection(before, connections))
