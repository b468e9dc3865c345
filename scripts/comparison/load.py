"""Loads: how each is run, and how what it prints is read."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from .process import LOAD_CORE, pin
from .server import expand

LOADS = Path(__file__).resolve().parent.parent / "load"
IPERF_BLOCK = 128 * 1024


class LoadFailed(Exception):
    """The load could not be run, or reported errors."""


@dataclass
class Result:
    """What one load saw. Latencies in milliseconds."""

    requests: int
    seconds: float
    p50: Optional[float] = None
    p99: Optional[float] = None
    errors: int = 0


def pairs(output: str) -> Result:
    """Reads the key=value line of load_client and of wrk with report.lua."""
    found = dict(re.findall(r"(\w+)=([\d.]+)", output))
    if "requests" not in found:
        raise LoadFailed("the load printed no result: " + output.strip()[-200:])
    return Result(int(found["requests"]), float(found["seconds"]), float(found["p50_us"]) / 1000,
                  float(found["p99_us"]) / 1000, int(found["errors"]))


@dataclass(frozen=True)
class Wrk:
    """HTTP by wrk(1)."""

    connections: int
    url: str = "http://127.0.0.1:{port}/page.txt"

    def text(self, seconds: float) -> str:
        return (f"wrk -t1 -c{self.connections} -d{max(1, round(seconds))}s --timeout 5s "
                f"-s {LOADS}/report.lua {self.url}")

    def path(self) -> str:
        """Of what it asks for."""
        return "/" + self.url.split("/", 3)[3]

    read = staticmethod(pairs)


@dataclass(frozen=True)
class Ab:
    """HTTP through a proxy by ab(1), a connection per request; wrk takes tinyproxy's closing for an error."""

    connections: int
    url: str = "http://127.0.0.1:{backend}/page.txt"

    def text(self, seconds: float) -> str:
        return (f"ab -q -r -c {self.connections} -t {max(1, round(seconds))} -n 1000000 -e /dev/stdout "
                f"-X 127.0.0.1:{{port}} {self.url}")

    @staticmethod
    def read(output: str) -> Result:
        keys = "Complete requests|Time taken for tests|Failed requests|Non-2xx responses"
        numbers = dict(re.findall(rf"^({keys}): +([\d.]+)", output, re.MULTILINE))
        percentiles = dict(re.findall(r"^(50|99),([\d.]+)$", output, re.MULTILINE))
        if len(percentiles) != 2 or "Complete requests" not in numbers:
            raise LoadFailed("ab printed no result: " + output.strip()[-200:])
        errors = int(numbers["Failed requests"]) + int(numbers.get("Non-2xx responses", 0))
        return Result(int(numbers["Complete requests"]), float(numbers["Time taken for tests"]),
                      float(percentiles["50"]), float(percentiles["99"]), errors)


@dataclass(frozen=True)
class Echo:
    """Messages and their echoes on raw TCP, each byte checked, by load_client."""

    connections: int
    options: str = ""

    def text(self, seconds: float) -> str:
        return ("{tools}/load_client --connections %d --seconds %g %s {port}"
                % (self.connections, seconds, self.options))

    read = staticmethod(pairs)


@dataclass(frozen=True)
class Iperf:
    """Throughput by parallel TCP streams; a request is a block of 128 KiB."""

    streams: int

    def text(self, seconds: float) -> str:
        return f"iperf -c 127.0.0.1 -p {{port}} -P {self.streams} -t {seconds:g} -y C"

    @staticmethod
    def read(output: str) -> Result:
        rows = [line.split(",") for line in output.splitlines() if line.count(",") >= 8]
        # -1 would be their sum, which not every version prints.
        streams = [row for row in rows if row[5] != "-1"]
        if not streams:
            raise LoadFailed("iperf printed no result: " + output.strip()[-200:])
        return Result(sum(int(row[7]) for row in streams) // IPERF_BLOCK,
                      max(float(row[6].split("-")[1]) for row in streams))


def run(load, values: dict[str, str], seconds: float) -> Result:
    """Runs a load to its end, on its core. Raises LoadFailed when any request did."""
    command = expand(load.text(seconds), values).split()
    try:
        done = subprocess.run(command, capture_output=True, text=True, preexec_fn=lambda: pin(LOAD_CORE),
                              check=False, stdin=subprocess.DEVNULL, timeout=seconds + 30)
    except subprocess.TimeoutExpired:
        raise LoadFailed(f"{command[0]} did not end") from None
    except FileNotFoundError:
        raise LoadFailed(f"{command[0]} is not installed") from None
    result = load.read(done.stdout + done.stderr)
    if result.errors:
        raise LoadFailed(f"{result.errors} errors in {result.requests} requests")
    if not result.requests:
        raise LoadFailed("no request was answered")
    return result
