#!/usr/bin/python3
"""gevent: a greenlet per connection. Usage as the others': see contender.h."""

import sys

import gevent
from conversation import converse
from gevent.server import StreamServer


def main():
    """Serves until killed."""
    def serve(peer, _address):
        converse(peer, sys.argv[2], gevent.sleep)
    StreamServer(("127.0.0.1", int(sys.argv[1])), serve, backlog=4096).serve_forever()


if __name__ == "__main__":
    main()
