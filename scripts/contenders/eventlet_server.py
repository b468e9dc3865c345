#!/usr/bin/python3
"""eventlet: a green thread per connection. Usage as the others': see contender.h."""

import sys

import eventlet
from conversation import converse


def main():
    """Serves until killed."""
    def serve(peer, _address):
        converse(peer, sys.argv[2], eventlet.sleep)
    listener = eventlet.listen(("127.0.0.1", int(sys.argv[1])), backlog=4096)
    eventlet.serve(listener, serve, concurrency=65536)


if __name__ == "__main__":
    main()
