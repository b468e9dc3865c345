"""Murmur: Qt's loops in threads, conversations by TLS."""
import socket
import ssl
import struct

SETTINGS = """database={dir}/murmur.sqlite
port={port}
host=127.0.0.1
bonjour=false
users=100
ice=
logfile=
autobanAttempts=0
"""
VERSION, LOGIN, PING, SYNC = 0, 2, 3, 5  # kinds of messages
PINGS = 20


def converse(scene, number):
    """A user that comes in and pings; how many pings were answered, and whether it was let in."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", scene.port), timeout=30) as plain, \
            context.wrap_socket(plain) as connection:
        def send(kind, body):
            connection.sendall(struct.pack(">HI", kind, len(body)) + body)
        name = f"user{number}".encode()
        send(VERSION, b"\x08\x82\x86\x04")
        send(LOGIN, b"\x0a" + bytes([len(name)]) + name)
        for _ in range(PINGS):
            send(PING, b"\x08\x05")
        seen, stream = [], connection.makefile("rb")
        while seen.count(PING) < PINGS or SYNC not in seen:
            kind, length = struct.unpack(">HI", stream.read(6))
            stream.read(length)
            seen.append(kind)
        return seen.count(PING), seen.count(SYNC)


def exercise(scene):
    """Users come and go, many at once; the end."""
    scene.dir.chmod(0o777)  # it gives up root
    settings = scene.write("murmur.ini", SETTINGS.format(dir=scene.dir, port=scene.port))
    server = scene.start(f"murmurd -fg -ini {settings}")
    for when in ("", ", again"):
        scene.check("12 users" + when, scene.crowd(12, lambda i: converse(scene, i)), [(PINGS, 1)] * 12)
    scene.stop(server)
