"""Real programs, exercised natively and unblocked (a small file in scripts/programs/ each): equal results."""

import importlib.util
import shutil
import tempfile
import time
import traceback
from pathlib import Path

from . import command
from .report import Group, Outcome
from .scene import Scene

PROGRAMS = Path(__file__).resolve().parent.parent / "programs"


def names() -> list[str]:
    """The programs there are."""
    return sorted(path.stem for path in PROGRAMS.glob("*.py"))


def _load(name: str):
    spec = importlib.util.spec_from_file_location("programs." + name, PROGRAMS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _exercise(name: str, way: str, chosen, logs: Path) -> tuple[Outcome, dict[str, str]]:
    directory = Path(tempfile.mkdtemp(prefix=f"unblock-{name}-"))
    directory.chmod(0o755)  # programs that give up root must still read it
    scene = Scene(directory, command.prefix(way, chosen.unblock))
    started, status = time.monotonic(), 0
    try:
        _load(name).exercise(scene)
    except Exception:  # a program that failed in any way: one line of the table, the rest in the log
        status = "failed"
        (directory / "failure.log").write_text(traceback.format_exc())
        scene.seen["the exercise"] = "FAIL: " + traceback.format_exc().strip().splitlines()[-1][-150:]
    finally:
        scene.clear()
    with open(logs / f"program-{name}.{way}", "wb") as log:
        for path in sorted(directory.glob("*.log")):
            log.write(f"--- {path.name}\n".encode() + path.read_bytes())
        log.write("".join(f"--- {what}\n{text}\n" for what, text in scene.answers.items()).encode())
    shutil.rmtree(directory, ignore_errors=True)
    return Outcome(status, time.monotonic() - started, scene.seen), scene.answers


def run(name: str, chosen, directory: Path) -> Group:
    """One program, both ways. An answer that is not what it was natively is a failure."""
    (native, right), (unblocked, answers) = (_exercise(name, way, chosen, directory) for way in command.WAYS)
    for what in right.keys() & answers.keys():
        if right[what] != answers[what]:
            unblocked.tests[what] = f"FAIL: {answers[what][-150:]!r}, not {right[what][-150:]!r}"
    return Group(name, native, unblocked)
