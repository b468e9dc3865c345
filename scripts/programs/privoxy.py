"""Privoxy: a proxy with a thread for each connection, which filters what passes."""
import hashlib
import http.client
import http.server
import socket
import threading

CONFIGURATION = """listen-address 127.0.0.1:{port}
confdir {dir}
templdir /etc/privoxy/templates
actionsfile own.action
filterfile own.filter
keep-alive-timeout 20
max-client-connections 256
connection-sharing 0
"""
ACTIONS = """{+filter{names} +hide-user-agent{none}}
/filtered
{+block{for the test}}
/blocked
"""
FILTER = """FILTER: names changes a name
s@Privoxy@somebody@g
"""
BIG = b"0123456789abcdef" * 65536


class Origin(http.server.BaseHTTPRequestHandler):
    """What is behind the proxy."""

    protocol_version = "HTTP/1.1"

    def answer(self, body, kind="application/octet-stream"):
        """Sends it."""
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):  # noqa: N802: the base class' name
        """A megabyte, or a text to filter, or the path."""
        if self.path == "/big":
            self.answer(BIG)
        elif self.path == "/filtered":
            self.answer(f"Privoxy saw {self.headers['User-Agent']}".encode(), "text/html")
        else:
            self.answer(self.path.encode())

    def do_POST(self):  # noqa: N802
        """The digest of what came."""
        self.answer(hashlib.sha256(self.rfile.read(int(self.headers["Content-Length"]))).hexdigest().encode())

    def log_message(self, *_):
        """Nobody reads it."""


class Origins(http.server.ThreadingHTTPServer):
    """With room for those who come all at once."""

    request_queue_size = 256

    def handle_error(self, *_):
        """Whoever looks whether it is there hangs up."""


def ask(scene, origin, path, body=None):
    """One request by way of the proxy."""
    connection = http.client.HTTPConnection("127.0.0.1", scene.port, timeout=30)
    try:
        connection.request("POST" if body else "GET", f"http://127.0.0.1:{origin}{path}", body,
                           {"User-Agent": "me"})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def tunnel(scene, origin, number):
    """Ten requests on one connection through CONNECT."""
    connection = http.client.HTTPConnection("127.0.0.1", scene.port, timeout=30)
    connection.set_tunnel("127.0.0.1", origin)
    try:
        right = 0
        for i in range(10):
            connection.request("GET", f"/{number}/{i}")
            right += connection.getresponse().read() == f"/{number}/{i}".encode()
        return right
    finally:
        connection.close()


def exercise(scene):
    """Pages, posts, tunnels, filters and refusals, many at once; idle clients; the end."""
    origin = Origins(("127.0.0.1", 0), Origin)
    port = origin.server_address[1]
    threading.Thread(target=origin.serve_forever, daemon=True).start()
    scene.write("own.action", ACTIONS)
    scene.write("own.filter", FILTER)
    configuration = scene.write("config", CONFIGURATION.format(port=scene.port, dir=scene.dir))
    server = scene.start(f"privoxy --no-daemon {configuration}")
    idle = [socket.create_connection(("127.0.0.1", scene.port)) for _ in range(30)]
    scene.check("64 pages", scene.crowd(64, lambda i: ask(scene, port, f"/{i}")),
                [(200, f"/{i}".encode()) for i in range(64)])
    big = scene.crowd(16, lambda i: ask(scene, port, "/big"))
    scene.check("16 times a megabyte", big == [(200, BIG)] * 16)
    posted = [bytes([i]) * 100000 for i in range(16)]
    digests = [(200, hashlib.sha256(data).hexdigest().encode()) for data in posted]
    answers = scene.crowd(16, lambda i: ask(scene, port, "/post", posted[i]))
    scene.check("16 times 100 kB posted", answers, digests)
    scene.check("20 tunnels", scene.crowd(20, lambda i: tunnel(scene, port, i)), [10] * 20)
    scene.check("a filter", ask(scene, port, "/filtered"), (200, b"somebody saw none"))
    scene.check("a refusal", ask(scene, port, "/blocked")[0], 403)
    for connection in idle:
        connection.close()
    scene.stop(server)
    origin.shutdown()
