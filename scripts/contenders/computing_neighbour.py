"""A thread that computes beside one that serves a client. Usage: NAME compute|serve

Ends when the one named has done a fixed amount of work, the other doing what it can meanwhile."""

import contextlib
import os
import socket
import sys
import threading
import time

ROUNDS, REQUESTS = 150, 150
SIZE = 64
PAUSE = 0.002  # seconds; the thread that computes has taken the interpreter by then


def ask(port):
    """The client, in a process of its own: asks until it is hung up on."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with contextlib.suppress(ConnectionError):
            while True:
                connection.sendall(bytes(SIZE))
                if not connection.recv(SIZE, socket.MSG_WAITALL):
                    return
                time.sleep(PAUSE)


def serve(connection, most):
    """Echoes so many messages."""
    served = 0
    with contextlib.suppress(ConnectionError):  # the other thread has ended, and so does the program
        while served < most and (data := connection.recv(SIZE, socket.MSG_WAITALL)):
            connection.sendall(data)
            served += 1


def compute(rounds):
    """Each some 10 ms."""
    for _ in range(rounds):
        sum(i * i for i in range(200_000))


def main():
    """The named thread's end is the program's."""
    listener = socket.create_server(("127.0.0.1", 0))
    if (client := os.fork()) == 0:
        ask(listener.getsockname()[1])
        os._exit(0)
    connection, _ = listener.accept()
    endless = sys.maxsize
    computing = sys.argv[1] == "compute"
    works = [(compute, (ROUNDS if computing else endless,)),
             (serve, (connection, endless if computing else REQUESTS))]
    threads = [threading.Thread(target=work, args=arguments, daemon=True) for work, arguments in works]
    for thread in threads:
        thread.start()
    threads[0 if computing else 1].join()
    connection.shutdown(socket.SHUT_RDWR)
    os.waitpid(client, 0)


main()
