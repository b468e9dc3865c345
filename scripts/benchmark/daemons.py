"""Real servers for all cores: a thread per connection, loops in threads, threads that spin; and loads."""

import re
from dataclasses import dataclass, field
from typing import Callable

from comparison.load import LOADS, LoadFailed, Result, pairs


@dataclass(frozen=True)
class Load:
    """A command that loads a server, and who reads what it prints."""

    name: str
    command: str
    read: Callable[[str], Result]


@dataclass(frozen=True)
class Daemon:
    """A server. In commands and files these are replaced: {port}, {dir} a directory of its own that is kept
    over all rounds, {seconds} the length of a load."""

    name: str
    package: str  # Debian's, whose version is told
    command: str
    loads: tuple[Load, ...]
    files: dict[str, str] = field(default_factory=dict)
    before: tuple[str, ...] = ()  # commands, once, before the first start
    after: tuple[str, ...] = ()   # once, while it runs for the first time


def _numbers(patterns: tuple[str, ...], output: str) -> list[float]:
    found = [re.search(pattern, output) for pattern in patterns]
    if None in found:
        raise LoadFailed("the load printed no result: " + output.strip()[-200:])
    return [float(one[1]) for one in found]


def sysbench(output: str) -> Result:
    """A request is a transaction."""
    requests, seconds, p99 = _numbers((r"transactions: +(\d+)", r"total time: +([\d.]+)s",
                                       r"99th percentile: +([\d.]+)"), output)
    return Result(int(requests), seconds, p99=p99)


def redis_benchmark(requests: int) -> Callable[[str], Result]:
    """Its CSV, of one test of so many requests."""
    def read(output: str) -> Result:
        rate, p99 = _numbers((r'"GET","([\d.]+)"', r'"GET"(?:,"[\d.]+"){5},"([\d.]+)"'), output)
        return Result(requests, requests / rate, p99=p99)
    return read


def memaslap(output: str) -> Result:
    """A get or a set; it knows no percentiles."""
    seconds, rate = _numbers((r"Run time: ([\d.]+)s", r"TPS: (\d+)"), output)
    return Result(int(rate * seconds), seconds)


MARIADB_OPTIONS = (
    "--no-defaults --user=root --datadir={dir}/data --socket={dir}/socket --port={port} "
    "--bind-address=127.0.0.1 --thread-handling=one-thread-per-connection --max-connections=600 "
    "--innodb-buffer-pool-size=128M --innodb-log-file-size=32M --pid-file={dir}/pid --skip-log-bin")
SYSBENCH = ("sysbench {script} --db-driver=mysql {where} --mysql-user=root --mysql-db=test --tables=1 "
            "--table-size=50000 --percentile=99 --time={{seconds}} --events=0 --threads={threads}")
SOCKET, TCP = "--mysql-socket={dir}/socket", "--mysql-host=127.0.0.1 --mysql-port={port}"


def _sysbench(script: str, where: str, threads: int) -> str:
    return SYSBENCH.format(script=script, where=where, threads=threads)


def _mariadb_load(name: str, script: str, where: str, threads: int) -> Load:
    return Load(f"{name}, {threads} connections", _sysbench(script, where, threads) + " run", sysbench)


MARIADB = Daemon(
    "mariadb", "mariadb-server", "mariadbd " + MARIADB_OPTIONS,
    (_mariadb_load("point selects, TCP", "oltp_point_select", TCP, 16),
     _mariadb_load("point selects, TCP", "oltp_point_select", TCP, 256),
     _mariadb_load("point selects, socket", "oltp_point_select", SOCKET, 16),
     _mariadb_load("point selects, socket", "oltp_point_select", SOCKET, 256),
     _mariadb_load("read only, TCP", "oltp_read_only", TCP, 64),
     _mariadb_load("read only, socket", "oltp_read_only", SOCKET, 64)),
    before=("mariadb-install-db " + MARIADB_OPTIONS.replace("--pid-file", "--loose-pid-file")
            + " --auth-root-authentication-method=normal",),
    after=("mariadb --no-defaults -u root -S {dir}/socket -e 'CREATE DATABASE IF NOT EXISTS test'",
           _sysbench("oltp_read_only", SOCKET, 1) + " prepare"))

APACHE_FILE = """ServerRoot {dir}
ServerName 127.0.0.1
Listen 127.0.0.1:{port}
PidFile {dir}/apache.pid
ErrorLog {dir}/error.log
LoadModule mpm_MPM_module /usr/lib/apache2/modules/mod_mpm_MPM.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
User www-data
Group www-data
StartServers 1
ServerLimit 1
ThreadLimit 320
ThreadsPerChild 320
MaxRequestWorkers 320
MaxSpareThreads 320
KeepAlive On
MaxKeepAliveRequests 0
DocumentRoot {dir}
"""


def _wrk(connections: int, header: str = "") -> Load:
    return Load(f"{connections} connections" + (", one per request" if header else ", keep-alive"),
                f"wrk -t1 -c{connections} -d{{seconds}}s --timeout 5s {header} -s {LOADS}/report.lua "
                "http://127.0.0.1:{port}/apache.conf", pairs)


def _apache(mpm: str) -> Daemon:
    return Daemon(f"apache2-{mpm}", "apache2-bin", "apache2 -f {dir}/apache.conf -D FOREGROUND",
                  (_wrk(16), _wrk(256), _wrk(64, "-H 'Connection: close'")),
                  {"apache.conf": APACHE_FILE.replace("MPM", mpm)})


MEMCACHED = Daemon(
    "memcached", "memcached", "memcached -u nobody -l 127.0.0.1 -p {port} -t 2 -c 1024",
    tuple(Load(f"gets and sets, {n} connections",
               f"memcaslap -s 127.0.0.1:{{port}} -T 1 -c {n} -X 128 -t {{seconds}}s", memaslap)
          for n in (16, 256)))


def _redis_load(requests: int, deep: int) -> Load:
    return Load(f"GET, 50 connections, {deep} at once",
                f"redis-benchmark -p {{port}} -t get -c 50 -P {deep} -n {requests} --csv",
                redis_benchmark(requests))


def _redis(threads: int, requests: int) -> Daemon:
    return Daemon(
        f"redis-{threads}", "redis-server",
        f"redis-server --port {{port}} --dir {{dir}} --save '' --io-threads {threads} "
        "--io-threads-do-reads yes",
        (_redis_load(requests, 1), _redis_load(10 * requests, 16)))


# Four threads that spin make a machine of few cores slow, natively: fewer requests.
# Whether those that spin for each other share a core is chance, and lasts: of two native servers one has from 0.7
# to 1.3 times the other's requests/s in half of the rounds. It takes a hundred to tell 3 %.
DAEMONS = (MARIADB, _apache("worker"), _apache("event"), MEMCACHED, _redis(2, 60_000), _redis(4, 15_000))
