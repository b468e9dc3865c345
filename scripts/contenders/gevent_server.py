#!/usr/bin/python3
"""gevent: a greenlet per connection. Usage as the others': see contender.h."""

import socket
import sys

import gevent
from gevent.server import StreamServer

HTTP_ANSWER = (b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 63\r\n\r\n"
               b"A page of sixty-three bytes, which every server here answers.\r\n")


def heads(peer):
    """Yields once for each request's head."""
    pending = b""
    while data := peer.recv(256):
        *ended, pending = (pending + data).split(b"\r\n\r\n")
        for _ in ended:
            yield


def serve_http(peer, _address):
    """Answers every head with the page."""
    for _ in heads(peer):
        peer.sendall(HTTP_ANSWER)


def serve_echo(peer, _address):
    """Sends back what comes."""
    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while data := peer.recv(256):
        peer.sendall(data)


def serve_sleep(peer, _address):
    """The same after 5 ms."""
    while data := peer.recv(256):
        gevent.sleep(0.005)
        peer.sendall(data)


def main():
    """Serves until killed."""
    serve = {"echo": serve_echo, "http": serve_http, "sleep": serve_sleep}[sys.argv[2]]
    StreamServer(("127.0.0.1", int(sys.argv[1])), serve, backlog=4096).serve_forever()


if __name__ == "__main__":
    main()
