"""One server set up, running in one mode, and cleared away: directory, files, backend, process."""

import shlex
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Optional

from .process import LOAD_CORE, SERVER_CORE, Process, free_port
from .server import Server, expand

WORKERS = 320
PAGE = ("".join(f"{line:3} Each thread of an unmodified server, a fiber.\n" for line in range(40)))[:1024]


class Stage:
    """A context manager: inside it the server runs and `values` holds what its texts may refer to."""

    def __init__(self, server: Server, tools: Path, launcher: Optional[Path], pinned: bool = True,
                 patience: float = 10):
        """`patience`: seconds until it must listen."""
        self._server, self._launcher, self._patience = server, launcher, patience
        self._cores = (SERVER_CORE, LOAD_CORE) if pinned else (None, None)  # of the server, of its backend
        self._directory = tempfile.TemporaryDirectory(prefix="unblock-compare-")
        directory = Path(self._directory.name)
        self.values = {"dir": str(directory), "wwwroot": str(directory / "www"), "tools": str(tools),
                       "workers": str(WORKERS), "port": str(free_port()), "backend": str(free_port())}
        self._backend: Optional[Process] = None
        self.process: Optional[Process] = None

    def __enter__(self) -> "Stage":
        try:
            self._write_files()
            self._start()
        except BaseException:
            self._clear()
            raise
        return self

    def __exit__(self, *_) -> None:
        self._clear()

    def _write_files(self) -> None:
        directory = Path(self._directory.name)
        directory.chmod(0o755)  # servers that give up root must still read it
        (directory / "www").mkdir()
        (directory / "www" / "page.txt").write_text(PAGE)
        for name, text in self._server.files.items():
            (directory / name).write_text(expand(text, self.values))
        if self._server.prepare:
            subprocess.run(self._server.prepare, cwd=directory, check=True, capture_output=True)

    def _start(self) -> None:
        directory = Path(self._directory.name)
        if self._server.backend:
            what = [self._server.backend]
            if self._server.backend == "http":
                what.append(str(directory / "www" / "page.txt"))
            self._backend = Process([self.values["tools"] + "/load_backend", self.values["backend"], *what],
                                    directory / "backend.log", self._cores[1], directory)
            self._backend.wait_ready(int(self.values["backend"]))
        command = shlex.split(expand(self._server.command, self.values))
        command[0] = self._server.program(self.values) or command[0]
        if self._launcher:
            command.insert(0, str(self._launcher))
        if self._server.environment:
            settings = self._server.environment.items()
            command[:0] = ["env", *(f"{key}={expand(value, self.values)}" for key, value in settings)]
        self.process = Process(command, directory / "server.log", self._cores[0], directory)
        self.process.wait_ready(int(self.values["port"]), self._patience)

    def _clear(self) -> None:
        if self.process:
            status, seconds = self.process.terminate()
            if status == -signal.SIGKILL and seconds > 1:
                print(f"  {self._server.name} ignored SIGTERM for {seconds:.0f} s and was killed",
                      file=sys.stderr)
        if self._backend:
            self._backend.kill()
        self._directory.cleanup()
