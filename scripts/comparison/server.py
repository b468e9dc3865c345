"""What a server to compare is (a small file in scripts/servers/ defines one), and how it is found."""

import importlib.util
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Optional

SERVERS = Path(__file__).resolve().parent.parent / "servers"


@dataclass(frozen=True)
class Server:
    """One server and its load.

    In `command`, `files`, `environment` and the load's text these are replaced: {port} where it listens,
    {backend} the port of the backend behind it, {dir} a directory of its own, {workers} the threads to allow,
    {tools} our own programs, {wwwroot} a directory that holds page.txt.
    """

    name: str
    about: str
    packages: tuple[str, ...]          # Debian packages; empty: part of this project
    command: str
    load: object                       # see load.py
    exchange: Optional[Callable] = None  # one request on a new connection, see clients.py
    reports: str = ""                  # regular expression: what it prints of each client, content to compare
    files: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    prepare: tuple[str, ...] = ()      # a command to run in {dir} beforehand
    backend: Optional[str] = None      # "http" or "echo": what the server is a proxy to
    waits_for_clients: bool = False    # SIGTERM ends it only once its clients are gone
    has_loop: bool = False             # an event loop of its own: nothing is to be won, and nothing lost

    def program(self, values: dict[str, str]) -> Optional[str]:
        """The path of the server's program, None when it is not installed. Debian's, whatever PATH says."""
        return shutil.which(expand(self.command.split()[0], values), path="/usr/sbin:/usr/bin:/sbin:/bin")

    def version(self) -> str:
        """The installed version of its package, as Debian counts them."""
        if not self.packages:
            return "ours"
        answer = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", self.packages[0]],
                                capture_output=True, text=True, check=False)
        return answer.stdout.strip() or "not installed"


def expand(text: str, values: dict[str, str]) -> str:
    """Replaces each {name} that `values` knows; other braces stay as they are."""
    return re.sub(r"\{(\w+)\}", lambda match: values.get(match[1], match[0]), text)


def load_all() -> dict[str, Server]:
    """Every server defined in scripts/servers/, by name, in the order of their `ORDER`."""
    found = []
    for path in sorted(SERVERS.glob("*.py")):
        spec = importlib.util.spec_from_file_location("servers." + path.stem, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        found.append(module)
    found.sort(key=lambda module: module.ORDER)
    return {module.SERVER.name: module.SERVER for module in found}
