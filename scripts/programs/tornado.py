"""Tornado: its loop, its own resolver and executor, WebSockets, its processes."""
import base64
import hashlib
import os
import socket
import struct

APPLICATION = '''
import asyncio, hashlib, sys, time
from tornado import gen, httpclient, ioloop, process, web, websocket

class Slow(web.RequestHandler):
    async def get(self):
        await gen.sleep(0.3)
        self.finish(b"hello")

class Big(web.RequestHandler):
    async def get(self):
        self.finish(b"0123456789abcdef" * 65536)

class Post(web.RequestHandler):
    async def post(self):
        digest = await ioloop.IOLoop.current().run_in_executor(None, hashlib.sha256, self.request.body)
        self.finish(digest.hexdigest())

class Fetch(web.RequestHandler):
    async def get(self):
        answer = await httpclient.AsyncHTTPClient().fetch("http://localhost:%s/slow" % sys.argv[1])
        self.finish(answer.body)

class Child(web.RequestHandler):
    async def get(self):
        child = process.Subprocess(["sh", "-c", "sleep 0.1; echo a child; exit 4"],
                                   stdout=process.Subprocess.STREAM)
        text = await child.stdout.read_until_close()
        self.finish(b"%s %d" % (text.strip(), await child.wait_for_exit(raise_error=False)))

class Echo(websocket.WebSocketHandler):
    async def on_message(self, message):
        await gen.sleep(0.01)
        await self.write_message(message.upper())

web.Application([(r"/slow", Slow), (r"/big", Big), (r"/post", Post), (r"/fetch", Fetch), (r"/child", Child),
                 (r"/socket", Echo)]).listen(int(sys.argv[1]), "127.0.0.1")
ioloop.IOLoop.current().start()
'''


def web_socket(scene, number):
    """A WebSocket client (RFC 6455): ten messages, each of them masked, and their answers."""
    with socket.create_connection(("127.0.0.1", scene.port), 20) as connection:
        stream = connection.makefile("rwb")
        key = base64.b64encode(os.urandom(16)).decode()
        stream.write(f"GET /socket HTTP/1.1\r\nHost: here\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode())
        stream.flush()
        status, accepted = stream.readline().split()[1], b""
        while (line := stream.readline()) != b"\r\n":
            if line.lower().startswith(b"sec-websocket-accept:"):
                accepted = line.split()[1]
        guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        right = accepted == base64.b64encode(hashlib.sha1((key + guid).encode()).digest())
        answers = []
        for i in range(10):
            text, mask = f"message {i} of {number}".encode(), os.urandom(4)
            masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(text))
            stream.write(struct.pack("!BB", 0x81, 0x80 | len(text)) + mask + masked)
            stream.flush()
            answers.append(stream.read(stream.read(2)[1]) == text.upper())
        return status, right, all(answers)


def exercise(scene):
    """The requests that gunicorn's application gets, and each of Tornado's means."""
    from programs.gunicorn import visit
    program = scene.write("app.py", APPLICATION)
    server = scene.start(f"python3 {program} {scene.port}")
    visit(scene)
    hello = (200, b"hello")
    scene.check("16 that fetch from itself", scene.crowd(16, lambda i: scene.request("/fetch")), [hello] * 16)
    child = (200, b"a child 4")
    scene.check("8 with a child", scene.crowd(8, lambda i: scene.request("/child")), [child] * 8)
    scene.check("20 WebSockets", scene.crowd(20, lambda i: web_socket(scene, i)), [(b"101", True, True)] * 20)
    scene.stop(server)
