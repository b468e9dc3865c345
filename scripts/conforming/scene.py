"""Where a real program is exercised, one way: its directory, its processes, and what was seen of it."""

import concurrent.futures
import hashlib
import http.client
import os
import shlex
import signal
import subprocess
import time
from pathlib import Path
from typing import Callable, Optional

from comparison.process import Process, free_port

PATH = "/usr/sbin:/usr/bin:/sbin:/bin"  # Debian's programs, whatever else there is
CLIENT_TIMEOUT = 60


class Scene:
    """What an exercise in scripts/programs/ has at hand."""

    def __init__(self, directory: Path, prefix: list[str]):
        self.dir = directory
        self.port = free_port()
        self.seen: dict[str, str] = {}       # check: how it fared
        self.answers: dict[str, str] = {}    # what must be the same both ways
        self._prefix = prefix
        self._environment = dict(os.environ, PATH=PATH, LC_ALL="C", HOME=str(directory))
        self._started: list[Process] = []

    def write(self, name: str, text: str) -> Path:
        """Makes a file of that name in the scene's directory."""
        path = self.dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def start(self, command: str, port: Optional[int] = None, timeout: float = 60) -> Process:
        """Starts a server, and returns when it accepts connections at `port` (by default the scene's)."""
        log = self.dir / f"{len(self._started)}.log"
        words = ["env", f"PATH={PATH}", "LC_ALL=C", f"HOME={self.dir}", *self._prefix, *shlex.split(command)]
        process = Process(words, log, None, self.dir)
        self._started.append(process)
        process.wait_ready(self.port if port is None else port, timeout)
        return process

    def run(self, command: str, text: str = "", timeout: float = CLIENT_TIMEOUT) -> str:
        """Runs the program to its end, as the scene's way has it; returns what it printed and its status."""
        return self._complete([*self._prefix, *shlex.split(command)], text, timeout)

    def client(self, command: str, text: str = "", timeout: float = CLIENT_TIMEOUT) -> str:
        """The same for a program that is not the one being tested, so always natively."""
        return self._complete(shlex.split(command), text, timeout)

    def _complete(self, words: list[str], text: str, timeout: float) -> str:
        done = subprocess.run(words, input=text, capture_output=True, text=True, timeout=timeout, check=False,
                              cwd=self.dir, env=self._environment)
        return f"{done.stdout}{done.stderr}[status {done.returncode}]"

    def check(self, what: str, found, expected=True) -> None:
        """Something that must be so natively and unblocked."""
        if isinstance(found, list) and isinstance(expected, list) and found != expected:
            found = [one for one, right in zip(found, expected) if one != right][:2]
        self.seen[what] = "ok" if found == expected else f"FAIL: {str(found)[-150:]!r}"

    def same(self, what: str, answer) -> None:
        """Something that must be the same natively and unblocked, whatever it is."""
        self.seen[what] = "ok"
        self.answers[what] = str(answer)

    def until(self, condition: Callable[[], bool], timeout: float = 30) -> bool:
        """Waits for a condition; whether it came true."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            try:
                if condition():
                    return True
            except (OSError, http.client.HTTPException):  # a server that is not there yet
                pass
            time.sleep(0.05)
        return False

    def request(self, path: str, body: Optional[bytes] = None, kind: str = "") -> tuple[int, bytes]:
        """One HTTP request on a connection of its own, its body of that content type: status and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            headers = {"Content-Type": kind} if kind else {}
            connection.request("GET" if body is None else "POST", path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    @staticmethod
    def crowd(number: int, client: Callable[[int], object]) -> list:
        """What `client(i)` returned for each i below `number`, all at once; or the text of what it raised."""
        def guarded(i: int):
            try:
                return client(i)
            except Exception as error:  # whatever a client's library raises is what was seen
                return f"{type(error).__name__}: {error}"
        with concurrent.futures.ThreadPoolExecutor(number) as pool:
            return list(pool.map(guarded, range(number)))

    @staticmethod
    def digest(data: bytes) -> str:
        """A short name for much content."""
        return hashlib.sha256(data).hexdigest()[:16]

    def stop(self, process: Process, number: int = signal.SIGTERM, timeout: float = 20) -> None:
        """Ends a server by a signal; how it ends must be the same both ways."""
        process.child.send_signal(number)
        try:
            status = process.child.wait(timeout)
        except subprocess.TimeoutExpired:
            status = "not within %g s" % timeout
        self.same(f"ends by {signal.Signals(number).name}", status)

    def clear(self) -> None:
        """Ends whatever still runs."""
        for process in self._started:
            process.kill()
