"""memcached: four worker threads, each with libevent's loop."""
import socket


def converse(scene, number):
    """A client that sets, gets and counts, on one connection."""
    with socket.create_connection(("127.0.0.1", scene.port), 20) as connection:
        stream = connection.makefile("rwb")

        def ask(text):
            stream.write(text)
            stream.flush()
            return stream.readline()
        good = 0
        for i in range(200):
            value = f"{number}-{i}-".encode() * (1 + i)
            good += ask(b"set k%d-%d 0 0 %d\r\n%s\r\n" % (number, i, len(value), value)) == b"STORED\r\n"
            head = ask(b"get k%d-%d\r\n" % (number, i))
            good += head == b"VALUE k%d-%d 0 %d\r\n" % (number, i, len(value)) \
                and stream.readline() == value + b"\r\n"
            good += stream.readline() == b"END\r\n"
            good += ask(b"incr counter 1\r\n")[:1].isdigit()
        return good


def exercise(scene):
    """Many clients at once; the sum of what they counted."""
    server = scene.start(f"memcached -u nobody -l 127.0.0.1 -p {scene.port} -t 4 -c 1024")
    with socket.create_connection(("127.0.0.1", scene.port), 20) as connection:
        connection.sendall(b"set counter 0 0 1\r\n0\r\n")
        scene.check("set", connection.recv(100), b"STORED\r\n")
        scene.check("50 clients", scene.crowd(50, lambda i: converse(scene, i)), [800] * 50)
        connection.sendall(b"get counter\r\n")
        scene.check("what they counted", connection.recv(100).split(b"\r\n")[1].strip(), b"10000")
    scene.stop(server)
