"""Redis with io-threads, which spin while they have work, and children that save."""
import socket


def ask(stream, *words):
    """One command, and the first line of its answer."""
    parts = [word if isinstance(word, bytes) else str(word).encode() for word in words]
    stream.write(b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts))
    stream.flush()
    return stream.readline()


def converse(scene, number):
    """A client that sets, gets and counts."""
    with socket.create_connection(("127.0.0.1", scene.port), 20) as connection:
        stream, good = connection.makefile("rwb"), 0
        for i in range(100):
            value = b"%d-%d-" % (number, i) * 50
            good += ask(stream, "SET", f"k{number}-{i}", value) == b"+OK\r\n"
            good += ask(stream, "GET", f"k{number}-{i}") == b"$%d\r\n" % len(value)
            good += stream.readline() == value + b"\r\n"
            good += ask(stream, "INCR", "counter")[:1] == b":"
        return good


def exercise(scene):
    """Many clients at once, a save in the background by a forked child, a restart from what it saved."""
    command = (f"redis-server --port {scene.port} --bind 127.0.0.1 --io-threads 3 --io-threads-do-reads yes "
               f"--dir {scene.dir} --save '' --appendonly no")
    server = scene.start(command)
    scene.check("30 clients", scene.crowd(30, lambda i: converse(scene, i)), [400] * 30)
    cli = f"redis-cli -p {scene.port} "
    scene.same("the keys", scene.client(cli + "DBSIZE") + scene.client(cli + "GET counter"))
    scene.same("a save in the background", scene.client(cli + "BGSAVE"))
    ended = "rdb_bgsave_in_progress:0"
    scene.check("it ends", scene.until(lambda: ended in scene.client(cli + "INFO persistence")))
    scene.stop(server)
    server = scene.start(command)
    scene.same("the keys after a restart", scene.client(cli + "DBSIZE") + scene.client(cli + "GET counter"))
    scene.stop(server)
