"""Who is measured: servers of one behaviour, `COMMAND {port} {protocol}`, by name."""

import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path


SOURCE = Path(__file__).resolve().parent.parent / "contenders"


@dataclass(frozen=True)
class Contender:
    """A server. In `command`, {build} is the build directory, {source} that of servers in Python, {port} and
    {protocol} (echo, http or sleep) what it has to serve."""

    name: str
    about: str
    command: str
    package: str = ""  # Debian's, whose version is told

    def arguments(self, build: Path, port: int, protocol: str) -> list[str]:
        """Its command line."""
        values = {"build": str(build), "source": str(SOURCE), "port": str(port), "protocol": protocol}
        return [word.format(**values) for word in shlex.split(self.command)]

    def version(self) -> str:
        """Its library's, for the report."""
        if not self.package:
            return ""
        done = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", self.package], capture_output=True,
                              text=True, check=False)
        return f" ({self.package} {done.stdout.strip()})"

    def available(self, build: Path) -> bool:
        """Whether its program is there."""
        if self.package and self.version().endswith(" )"):
            return False
        files = [word for word in self.arguments(build, 0, "") if word.startswith("/")]
        return all(Path(word).is_file() for word in files)


OURS = "unblocked"
BASE = "epoll"
CONTENDERS = (
    Contender("threads", "blocking C, a kernel thread per connection",
              "{build}/scripts/contender_threads {port} {protocol}"),
    Contender(OURS, "the same program under unblock",
              "{build}/unblock {build}/scripts/contender_threads {port} {protocol}"),
    Contender(BASE, "C, one thread, epoll by hand",
              "{build}/scripts/contender_epoll {port} {protocol}"),
    Contender("asio", "Boost.Asio, C++20 coroutines",
              "{build}/scripts/contender_asio {port} {protocol}", "libboost-dev"),
    Contender("st", "State Threads",
              "{build}/scripts/contender_state_threads {port} {protocol}", "libst-dev"),
    Contender("go", "a goroutine per connection",
              "{build}/scripts/contender_go {port} {protocol}", "golang-go"),
    Contender("gevent", "Python, a greenlet per connection",
              "/usr/bin/python3 {source}/gevent_server.py {port} {protocol}", "python3-gevent"),
)


def chosen(names: str, peers: list[str], build: Path) -> list[Contender]:
    """Those of --only (all without it) that are there, and those of --peer. Raises ValueError."""
    known = list(CONTENDERS)
    for peer in peers:
        name, equals, command = peer.partition("=")
        if not equals or "{port}" not in command:
            raise ValueError("--peer is NAME=COMMAND, with {port} in the command")
        known.append(Contender(name, command, command))
    wanted = [name for name in names.split(",") if name] or [one.name for one in known]
    if unknown := set(wanted) - {one.name for one in known}:
        raise ValueError(f"no contender named {', '.join(unknown)}; there are "
                         + ", ".join(one.name for one in known))
    return [one for one in known if one.name in wanted and one.available(build)]
