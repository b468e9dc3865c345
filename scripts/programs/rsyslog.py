"""rsyslog: queues with workers of their own, inputs by TCP."""
import re
import signal
import socket

SETTINGS = """module(load="imtcp")
input(type="imtcp" port="{port}" address="127.0.0.1")
main_queue(queue.workerThreads="4")
template(name="plain" type="string" string="%msg%\\n")
*.* action(type="omfile" file="{dir}/out" template="plain" queue.type="LinkedList" queue.workerThreads="3"
           queue.workerThreadMinimumMessages="10")
"""
CLIENTS, LINES = 20, 500


def lines(scene):
    """The messages that were written, in no order."""
    return sorted(re.findall(r"client \d+ line \d+", (scene.dir / "out").read_text()))


def exercise(scene):
    """Many clients at once; every message is there when it has ended."""
    settings = scene.write("rsyslog.conf", SETTINGS.format(port=scene.port, dir=scene.dir))
    server = scene.start(f"rsyslogd -n -f {settings} -i {scene.dir}/pid")

    def client(number):
        with socket.create_connection(("127.0.0.1", scene.port), 30) as peer:
            for line in range(LINES):
                peer.sendall(b"<13>Oct 11 22:14:15 host tag: client %d line %d\n" % (number, line))
        return "sent"

    scene.check("clients", scene.crowd(CLIENTS, client), ["sent"] * CLIENTS)
    sent = sorted(f"client {client} line {line}" for client in range(CLIENTS) for line in range(LINES))
    scene.check("all lines", scene.until(lambda: lines(scene) == sent))
    scene.stop(server, signal.SIGTERM)
