"""Who is measured: servers of one behaviour, `COMMAND {port} {protocol}`, by name."""

import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Contender:
    """A server. In `command`, {build} is the build directory, {port} and {protocol} (echo, http or sleep) what
    it has to serve."""

    name: str
    about: str
    command: str

    def arguments(self, build: Path, port: int, protocol: str) -> list[str]:
        """Its command line."""
        values = {"build": str(build), "port": str(port), "protocol": protocol}
        return [word.format(**values) for word in shlex.split(self.command)]

    def available(self, build: Path) -> bool:
        """Whether its program is there."""
        return shutil.which(self.arguments(build, 0, "")[0]) is not None


OURS = "unblocked"
BASE = "epoll"
CONTENDERS = (
    Contender("threads", "blocking C, a kernel thread per connection",
              "{build}/scripts/contender_threads {port} {protocol}"),
    Contender(OURS, "the same program under unblock",
              "{build}/unblock {build}/scripts/contender_threads {port} {protocol}"),
    Contender(BASE, "C, one thread, epoll by hand",
              "{build}/scripts/contender_epoll {port} {protocol}"),
)


def chosen(names: str, peers: list[str], build: Path) -> list[Contender]:
    """Those of --only (all without it) that are there, and those of --peer NAME=COMMAND. Raises ValueError."""
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
