"""What clients say to each kind of server, and whether every byte of the answer is right."""

import hashlib
import ssl
import struct
from random import Random

from comparison.stage import PAGE

from .wire import Wire, Wrong

BIG = hashlib.sha256(b"a page").digest() * 8192  # 256 KiB
Values = dict[str, str]


def echo(wire: Wire, _values: Values, chance: Random) -> bool:
    """Messages of any size come back as they are."""
    rounds = chance.randint(1, 5)
    for number in range(rounds):
        message = chance.randbytes(chance.choice((1, 64, 1000, 20000)))
        wire.send(message, last=number == rounds - 1)
        if wire.exactly(len(message)) != message:
            return False
    return not wire.manners.half_closes or wire.rest() == b""


def socks5(wire: Wire, values: Values, chance: Random) -> bool:
    """The same through a SOCKS5 proxy."""
    wire.send(b"\5\1\0")
    if wire.exactly(2) != b"\5\0":
        return False
    wire.send(b"\5\1\0\1\x7f\0\0\1" + struct.pack(">H", int(values["backend"])))
    return wire.exactly(10)[:2] == b"\5\0" and echo(wire, values, chance)


def _answer(wire: Wire) -> bytes:
    """The body of an HTTP answer, whose status must be 200."""
    status = wire.line()
    length = None
    while (line := wire.line()).strip():
        key, _, value = line.partition(b":")
        if key.lower() == b"content-length":
            length = int(value)
    if b" 200 " not in status:
        raise Wrong(f"instead of a page: {status!r}")
    return wire.rest() if length is None else wire.exactly(length)


def _get(wire: Wire, url: str, last: bool = True) -> bytes:
    keep = "close" if last else "keep-alive"
    wire.send(f"GET {url} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: {keep}\r\n\r\n".encode(), last)
    return _answer(wire)


def http_once(wire: Wire, _values: Values, chance: Random) -> bool:
    """One page, small or big."""
    path, right = chance.choice((("/page.txt", PAGE.encode()), ("/big.bin", BIG)))
    return _get(wire, path) == right


def http(wire: Wire, values: Values, chance: Random) -> bool:
    """A few pages on one connection."""
    return all(_get(wire, "/page.txt", last=False) == PAGE.encode() for _ in range(chance.randint(0, 3))) \
        and http_once(wire, values, chance)


def cgi(wire: Wire, values: Values, chance: Random) -> bool:
    """Pages, and now and then one that a child of the server writes."""
    if chance.random() > 0.1:
        return http_once(wire, values, chance)
    word = str(chance.random())
    return _get(wire, f"/cgi-bin/echo.sh?{word}").strip() == word.encode()


def http_proxy(wire: Wire, values: Values, _chance: Random) -> bool:
    """A page of the backend's."""
    return _get(wire, f"http://127.0.0.1:{values['backend']}/page.txt") == PAGE.encode()


def https(wire: Wire, _values: Values, _chance: Random) -> bool:
    """A page over TLS, whose certificate was made for this run."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    wire.secure(context)
    return _get(wire, "/page.txt") == PAGE.encode()


def post(wire: Wire, _values: Values, chance: Random) -> bool:
    """A body, whose digest is the answer."""
    body = chance.randbytes(chance.choice((0, 10, 5000, 100000)))
    head = ("POST /digest HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
            f"Content-Length: {len(body)}\r\n\r\n")
    wire.send(head.encode() + body, last=True)
    return _answer(wire) == hashlib.sha256(body).hexdigest().encode()


def memcached(wire: Wire, _values: Values, chance: Random) -> bool:
    """Sets a value and gets it, a few times."""
    for _ in range(chance.randint(1, 5)):
        key, value = b"k%d" % chance.getrandbits(60), chance.randbytes(chance.choice((1, 100, 50000)))
        wire.send(b"set %s 0 2 %d\r\n%s\r\n" % (key, len(value), value))
        if wire.line() != b"STORED\r\n":
            return False
        wire.send(b"get %s\r\n" % key)
        head = b"VALUE %s 0 %d\r\n" % (key, len(value))
        if (answer := wire.line()) == b"END\r\n":
            continue  # it lives for two seconds only
        if answer != head or wire.exactly(len(value) + 7) != value + b"\r\nEND\r\n":
            return False
    return True


def _redis_words(*words: bytes) -> bytes:
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


def redis(wire: Wire, _values: Values, chance: Random) -> bool:
    """The same; now and then it saves, which takes a child."""
    if chance.random() < 0.02:
        wire.send(_redis_words(b"BGSAVE"))
        return wire.line()[:1] in b"+-"  # one may be under way
    for _ in range(chance.randint(1, 5)):
        key, value = b"k%d" % chance.getrandbits(60), chance.randbytes(chance.choice((1, 100, 50000)))
        wire.send(_redis_words(b"SET", key, value, b"PX", b"2000"))
        if wire.line() != b"+OK\r\n":
            return False
        wire.send(_redis_words(b"GET", key))
        if (answer := wire.line()) == b"$-1\r\n":
            continue
        if answer != b"$%d\r\n" % len(value) or wire.exactly(len(value) + 2) != value + b"\r\n":
            return False
    return True


def ldap(wire: Wire, _values: Values, chance: Random) -> bool:
    """An anonymous bind, and reads of the root entry: messages of RFC 4511, numbered."""
    wire.send(bytes.fromhex("300c020101600702010304008000"))
    if wire.exactly(14) != bytes.fromhex("300c02010161070a010004000400"):
        return False
    for number in range(2, 2 + chance.randint(1, 4)):
        # Base object "", "(objectClass=*)", the attribute 1.1: the entry without attributes, then "done".
        wire.send(bytes.fromhex("302a0201%02x63250400" "0a01000a010002010002010001010087" % number) +
                  b"\x0bobjectClass0\x05\x04\x031.1")
        right = "30090201%02x640404003000" "300c0201%02x65070a010004000400" % (number, number)
        if wire.exactly(len(right) // 2) != bytes.fromhex(right):
            return False
    return True
