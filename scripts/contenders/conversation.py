"""What the servers in Python do with a connection, in blocking calls: those of contender.h."""

import socket

HTTP_ANSWER = (b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 63\r\n\r\n"
               b"A page of sixty-three bytes, which every server here answers.\r\n")


def heads(peer):
    """Yields once for each request's head."""
    pending = b""
    while data := peer.recv(256):
        *ended, pending = (pending + data).split(b"\r\n\r\n")
        for _ in ended:
            yield


def converse(peer, protocol, sleep):
    """Serves a connection to its end. `sleep` is that of whoever runs this."""
    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if protocol == "http":
        for _ in heads(peer):
            peer.sendall(HTTP_ANSWER)
        return
    while data := peer.recv(256):
        if protocol == "sleep":
            sleep(0.005)
        peer.sendall(data)
