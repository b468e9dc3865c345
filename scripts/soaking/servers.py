"""The servers to soak: those of ./scripts/compare, and some that fork, save, or take signals."""

import dataclasses
import signal
from dataclasses import dataclass
from typing import Callable

from comparison.server import Server, load_all

from . import talks

APPLICATION = '''import hashlib
def application(environ, start):
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    answer = hashlib.sha256(body).hexdigest().encode()
    start("200 OK", [("Content-Length", str(len(answer)))])
    return [answer]
'''
LDAP = """include /etc/ldap/schema/core.schema
modulepath /usr/lib/ldap
moduleload back_mdb
threads 8
database mdb
suffix dc=test
directory {dir}
maxsize 16777216
"""


@dataclass(frozen=True)
class Soaked:
    """A server, what its clients say, and what else it is put through."""

    server: Server
    talk: Callable
    half_closes: bool = True          # it answers a client that has closed its sending side
    slow_writers: bool = True         # it takes a request in pieces
    signals: tuple[signal.Signals, ...] = ()  # it takes these and goes on, as its manual says
    replaces: bool = False            # by them it replaces its processes or sockets: connections may be lost
    stops: bool = True                # it bears SIGSTOP and SIGCONT, which interrupt some calls: signal(7)
    pools: int = 0                    # fibers it has once its pools have grown as far as they may


def _own(name: str, package: str, command: str, files: dict[str, str] | None = None) -> Server:
    return Server(name=name, about="", packages=(package,), command=command, files=files or {}, load=None)


def _shared(name: str, **changes) -> Server:
    return dataclasses.replace(load_all()[name], **changes)


SERVERS = (
    Soaked(_shared("echo"), talks.echo),
    Soaked(_shared("http.server", command="python3 -m http.server {port} --bind 127.0.0.1 --cgi "
                                          "--directory {wwwroot}"), talks.cgi),
    Soaked(_shared("tinyproxy"), talks.http_proxy, False, slow_writers=False, stops=False),
    Soaked(_shared("microsocks"), talks.socks5, False, slow_writers=False),
    # It opens its port anew.
    Soaked(_shared("stunnel4"), talks.https, False, signals=(signal.SIGHUP,), replaces=True),
    Soaked(_shared("apache2"), talks.http, signals=(signal.SIGUSR1,), replaces=True),
    Soaked(_shared("civetweb"), talks.http),
    Soaked(_own("memcached", "memcached", "memcached -u nobody -l 127.0.0.1 -p {port} -t 4 -c 500"),
           talks.memcached, False),
    Soaked(_own("redis", "redis-server", "redis-server --port {port} --bind 127.0.0.1 --io-threads 2 "
                "--io-threads-do-reads yes --dir {dir} --appendonly no"), talks.redis, False),
    Soaked(_own("gunicorn", "gunicorn", "gunicorn -k gthread -w 2 --threads 8 -b 127.0.0.1:{port} "
                "--log-level critical app:application", {"app.py": APPLICATION}),
           talks.post, signals=(signal.SIGHUP,), replaces=True, pools=18),
    Soaked(_own("uwsgi", "uwsgi-core", "uwsgi --plugin python3 --http-socket 127.0.0.1:{port} --master "
                "--processes 2 --threads 8 --wsgi-file app.py --die-on-term --disable-logging "
                "--socket-timeout 60",  # a busy machine may stop a client for some seconds
                {"app.py": APPLICATION}), talks.post, False, signals=(signal.SIGHUP,), replaces=True),
    Soaked(_own("slapd", "slapd", "slapd -f {dir}/slapd.conf -h ldap://127.0.0.1:{port} -d 0",
                {"slapd.conf": LDAP}), talks.ldap, False, pools=10),
)
