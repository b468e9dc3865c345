#!/usr/bin/python3
"""The standard library's ThreadingTCPServer: a thread per connection. Usage as the others' (contender.h)."""

import socketserver
import sys
import time

from conversation import converse


class Handler(socketserver.BaseRequestHandler):
    """A connection's thread."""

    def handle(self):
        """All of it."""
        converse(self.request, sys.argv[2], time.sleep)


class Server(socketserver.ThreadingTCPServer):
    """With room for clients that come all at once."""

    request_queue_size = 4096
    allow_reuse_address = True
    daemon_threads = True


with Server(("127.0.0.1", int(sys.argv[1])), Handler) as server:
    server.serve_forever()
