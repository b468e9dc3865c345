"""The load client with its connections held open: idle, or loaded as often as wanted."""

import select
import subprocess

from typing import Callable

from .load import LoadFailed, Result, pairs
from .process import LOAD_CORE, pin


class Client:
    """A context manager: inside it `connections` connections to `port` are open. `prepare` is called in the
    load client's process before it begins."""

    OPENING = 120  # seconds that connecting may take

    def __init__(self, program: str, port: int, connections: int, seconds: float, options: list[str],
                 prepare: Callable[[], None] = lambda: pin(LOAD_CORE)):
        self._seconds = seconds
        command = [program, "--hold", "--connections", str(connections), "--seconds", str(seconds), *options,
                   str(port)]
        self._child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                       preexec_fn=prepare)

    def __enter__(self) -> "Client":
        try:
            if (answer := self._line(self.OPENING)) != "ready":
                raise LoadFailed(answer or "the load client ended")
        except BaseException:
            self._child.kill()
            self._child.wait()
            raise
        return self

    def __exit__(self, *_) -> None:
        self._child.stdin.close()
        try:
            self._child.wait(30)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._child.stdout.close()

    def load(self) -> Result:
        """One load to its last answer. Raises LoadFailed when any request failed."""
        self._child.stdin.write("\n")
        self._child.stdin.flush()
        result = pairs(self._line(self._seconds + 30))
        if result.errors or not result.requests:
            raise LoadFailed(f"{result.errors} errors, {result.requests} requests")
        return result

    def _line(self, seconds: float) -> str:
        if not select.select([self._child.stdout], [], [], seconds)[0]:
            raise LoadFailed("the load client did not answer")
        return self._child.stdout.readline().strip()
