"""Clients that look at the content: one request on a given connection, and many of them at once."""

import hashlib
import socket
import ssl
import struct
import threading
import time
from typing import Callable, Optional

from .stage import PAGE

TIMEOUT = 20
PACE = 0.001  # between connects: some servers' listeners have a backlog of 5, and a full one costs a second
STREAM = 65536


class WrongContent(Exception):
    """A server answered, but not with what it must."""


def _body(stream) -> bytes:
    """Reads an HTTP answer; returns its body, or the status line when it is not 200."""
    status = stream.readline()
    if b" 200 " not in status:
        return b"no answer" if not status else status
    length = None
    while (line := stream.readline()) not in (b"\r\n", b""):
        key, _, value = line.partition(b":")
        if key.lower() == b"content-length":
            length = int(value)
    return stream.read() if length is None else stream.read(length)


def _get(connection, url: str) -> bytes:
    connection.sendall(f"GET {url} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
    with connection.makefile("rb") as stream:
        return _body(stream)


def page_at(url: str) -> Callable:
    """GET of the page under another name."""
    return lambda connection, values, number: _get(connection, url)


http = page_at("/page.txt")


def http_proxy(connection, values, _number) -> bytes:
    """GET /page.txt of the backend, through a proxy."""
    return _get(connection, f"http://127.0.0.1:{values['backend']}/page.txt")


def https(connection, values, _number) -> bytes:
    """GET /page.txt over TLS. The certificate is one made for this run, so it is not checked."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with context.wrap_socket(connection) as secured:
        return _get(secured, "/page.txt")


def _messages(number: int) -> list[bytes]:
    return [hashlib.sha512(struct.pack("<II", number, sequence)).digest() for sequence in range(3)]


def _read_exactly(connection, size: int) -> bytes:
    parts = b""
    while len(parts) < size and (part := connection.recv(size - len(parts))):
        parts += part
    return parts


def echo(connection, values, number: int) -> bytes:
    """Three messages of 64 bytes, different for each client, and what came back."""
    answer = b""
    for message in _messages(number):
        connection.sendall(message)
        answer += _read_exactly(connection, len(message))
    return answer


def socks5(connection, values, number: int) -> bytes:
    """The same through a SOCKS5 proxy (RFC 1928) to the echoing backend."""
    connection.sendall(b"\5\1\0")
    answer = _read_exactly(connection, 2)
    connection.sendall(b"\5\1\0\1\x7f\0\0\1" + struct.pack(">H", int(values["backend"])))
    return answer + _read_exactly(connection, 10)[:2] + echo(connection, values, number)


def stream(connection, values, _number) -> bytes:
    """The second half of 64 KiB to a server that answers nothing and hangs up: what it reports of it (see
    Server.reports) is the content. The first half went on connecting: iperf gives a connection its thread
    when it has read from it, and is known to crash, natively, when threads come while others go."""
    connection.sendall(bytes(STREAM // 2))
    connection.shutdown(socket.SHUT_WR)
    return connection.recv(1)


def right_answer(exchange: Callable, number: int) -> bytes:
    """What `exchange` must return."""
    if exchange is echo:
        return b"".join(_messages(number))
    if exchange is socks5:  # no authentication; success
        return b"\5\0\5\0" + b"".join(_messages(number))
    if exchange is stream:
        return b""
    return PAGE.encode()


class Crowd:
    """Many clients that connect one after another, wait until all are connected, then ask all at once."""

    def __init__(self, exchange: Callable, values: dict[str, str], clients: int):
        self._exchange, self._values = exchange, values
        self._answers: list[Optional[bytes]] = [None] * clients
        self._all_connected = threading.Event()
        self._threads = []
        for number in range(clients):
            connection = socket.create_connection(("127.0.0.1", int(values["port"])), TIMEOUT)
            connection.settimeout(TIMEOUT)
            if exchange is stream:
                connection.sendall(bytes(STREAM // 2))
            thread = threading.Thread(target=self._ask, args=(connection, number))
            thread.start()
            self._threads.append(thread)
            time.sleep(PACE)

    def _ask(self, connection, number: int) -> None:
        self._all_connected.wait()
        try:
            with connection:
                self._answers[number] = self._exchange(connection, self._values, number)
        except OSError as error:
            self._answers[number] = f"{type(error).__name__}: {error}".encode()

    def go(self) -> list[Optional[bytes]]:
        """Lets all of them ask; returns the answers in the order of the clients."""
        self._all_connected.set()
        for thread in self._threads:
            thread.join()
        return self._answers


def check_content(exchange: Callable, values: dict[str, str]) -> None:
    """One client, one request. Raises WrongContent when the answer is not what it must be."""
    answer = Crowd(exchange, values, 1).go()[0]
    if answer != right_answer(exchange, 0):
        raise WrongContent(f"wrong content: {answer[:80]!r}")


def answer_size(path: str, values: dict[str, str]) -> int:
    """Bytes of the answer to load_client's GET, its head included."""
    with socket.create_connection(("127.0.0.1", int(values["port"])), TIMEOUT) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: load\r\n\r\n".encode())
        with connection.makefile("rb") as stream:
            head = list(iter(stream.readline, b"\r\n"))
    lengths = [int(line.partition(b":")[2]) for line in head if line.lower().startswith(b"content-length:")]
    return sum(map(len, head)) + len(b"\r\n") + lengths[0]


def digest(answers: list[Optional[bytes]]) -> str:
    """One SHA-256 over all answers in their order."""
    total = hashlib.sha256()
    for answer in answers:
        total.update(hashlib.sha256(answer if answer is not None else b"none").digest())
    return total.hexdigest()
