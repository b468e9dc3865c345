"""A client's connection, with the manners of its client: slow, rude, or as it should be."""

import random
import socket
import struct
import time
from dataclasses import dataclass

TIMEOUT = 60


class Left(Exception):
    """The client went away in the middle, as it meant to."""


class Wrong(Exception):
    """An answer that is not what it must be."""


@dataclass
class Manners:
    """How one client behaves."""

    slow_reader: bool = False
    slow_writer: bool = False
    half_closes: bool = False
    leaves_after: int = -1  # bytes sent and received after which it resets the connection; -1: never

    @staticmethod
    def pick(chance: random.Random, half_closes: bool, slow_writers: bool) -> "Manners":
        """Some client's: most are polite."""
        kind = chance.random()
        if kind < 0.5:
            return Manners()
        if kind < 0.62:
            return Manners(slow_reader=True)
        if kind < 0.72:
            return Manners(slow_writer=slow_writers)
        if kind < 0.85:
            return Manners(half_closes=half_closes)
        return Manners(leaves_after=chance.choice((0, 1, 10, 100, 1000, 10000)))

    def name(self) -> str:
        """The column of the table that counts it."""
        if self.leaves_after >= 0:
            return "resets"
        return "slow" if self.slow_reader or self.slow_writer else "half" if self.half_closes else "plain"


class Wire:
    """A connection that behaves as its manners have it."""

    def __init__(self, port: int, manners: Manners, chance: random.Random):
        self.manners, self._chance, self._passed = manners, chance, 0
        self.socket = socket.socket()
        if manners.slow_reader:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.settimeout(TIMEOUT)
        self.socket.connect(("127.0.0.1", port))
        self._plain, self._held = self.socket, b""
        self._pass(0)

    def _pass(self, size: int) -> None:
        self._passed += size
        if 0 <= self.manners.leaves_after <= self._passed:
            raise Left

    def send(self, data: bytes, last: bool = False) -> None:
        """Sends all of it; after the last of a conversation, some close that direction."""
        piece = self._chance.randint(1, 1 + len(data) // 4) if self.manners.slow_writer else len(data)
        for begin in range(0, len(data), piece or 1):
            self.socket.sendall(data[begin:begin + piece])
            self._pass(min(piece, len(data) - begin))
            if self.manners.slow_writer:
                time.sleep(self._chance.uniform(0, 0.02))
        if last and self.manners.half_closes:
            self._plain.shutdown(socket.SHUT_WR)

    def receive(self) -> bytes:
        """Something, or nothing at the end."""
        if self._held:
            held, self._held = self._held, b""
            return held
        if self.manners.slow_reader:
            time.sleep(self._chance.uniform(0, 0.02))
        data = self.socket.recv(self._chance.randint(1, 3000) if self.manners.slow_reader else 65536)
        self._pass(len(data))
        return data

    def exactly(self, size: int) -> bytes:
        """So many bytes, fewer at the end."""
        data = bytearray()
        while len(data) < size and (part := self.receive()):
            data += part
        self._held = bytes(data[size:])
        return bytes(data[:size])

    def line(self) -> bytes:
        """A line with its end, less at the end."""
        data = bytearray()
        while b"\n" not in data and (part := self.receive()):
            data += part
        line, end, self._held = bytes(data).partition(b"\n")
        return line + end

    def rest(self) -> bytes:
        """Everything until the end."""
        data = bytearray()
        while part := self.receive():
            data += part
        return bytes(data)

    def close(self, rudely: bool) -> None:
        """Ends the connection; rudely: by a reset, whatever was under way."""
        if rudely:
            self._plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._plain.close()

    def secure(self, context) -> None:
        """From here on, TLS. What goes below it stays the plain socket's."""
        self._plain = self.socket.dup()
        self.socket = context.wrap_socket(self.socket, do_handshake_on_connect=True)
