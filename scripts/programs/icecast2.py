"""icecast2: one source, many listeners, each given the same stream by a thread of the server."""
import base64
import random
import socket
import threading

CONFIGURATION = """<icecast><limits><clients>100</clients><sources>2</sources><burst-size>0</burst-size>
<queue-size>4000000</queue-size></limits>
<authentication><source-password>secret</source-password><admin-user>admin</admin-user>
<admin-password>secret</admin-password></authentication><hostname>localhost</hostname>
<listen-socket><port>{port}</port><bind-address>127.0.0.1</bind-address></listen-socket>
<paths><basedir>/usr/share/icecast2</basedir><logdir>{dir}</logdir><webroot>/usr/share/icecast2/web</webroot>
<adminroot>/usr/share/icecast2/admin</adminroot></paths>
<logging><accesslog>access.txt</accesslog><errorlog>error.txt</errorlog></logging>
<security><chroot>0</chroot><changeowner><user>nobody</user><group>nogroup</group></changeowner></security>
</icecast>"""
SIZE = 2_000_000
ENOUGH = SIZE - 5000  # icecast2 sends whole blocks, and not what came before a listener


def connect(scene, request):
    """A connection whose request was answered with 200."""
    connection = socket.create_connection(("127.0.0.1", scene.port), 20)
    connection.sendall(request.encode())
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        part = connection.recv(1)
        if not part:
            raise OSError(f"icecast2 answered {head!r}")
        head += part
    if b" 200 " not in head.splitlines()[0]:
        raise OSError(f"icecast2 answered {head!r}")
    return connection


def listen(scene, present):
    """What a listener got of the stream. All begin before the stream does."""
    with connect(scene, "GET /stream HTTP/1.0\r\n\r\n") as connection:
        present.wait(30)
        data = b""
        while len(data) < ENOUGH and (part := connection.recv(65536)):
            data += part
    return data


def exercise(scene):
    """Two megabytes reach thirty listeners, with every byte right."""
    scene.dir.chmod(0o777)  # it logs there as nobody
    configuration = CONFIGURATION.replace("{dir}", str(scene.dir)).replace("{port}", str(scene.port))
    server = scene.start(f"icecast2 -c {scene.write('icecast.xml', configuration)}")
    scene.until(lambda: scene.request("/status-json.xsl")[0] == 200)  # it listens before it can answer
    login = base64.b64encode(b"source:secret").decode()
    source = connect(scene, f"SOURCE /stream HTTP/1.0\r\nAuthorization: Basic {login}\r\n"
                            "Content-Type: application/octet-stream\r\n\r\n")
    data = random.Random(1).randbytes(SIZE)
    source.sendall(data[:1000])
    present = threading.Barrier(31)

    def send():
        present.wait(30)
        for begin in range(1000, SIZE, 20000):
            source.sendall(data[begin:begin + 20000])
    sender = threading.Thread(target=send)
    sender.start()
    got = scene.crowd(30, lambda i: listen(scene, present))
    sender.join()
    scene.check("30 listeners", [len(one) >= ENOUGH and one in data for one in got], [True] * 30)
    scene.check("statistics", scene.request("/status-json.xsl")[0], 200)
    source.close()  # not before: at the end of a stream icecast2 drops what listeners have not read
    scene.stop(server)
