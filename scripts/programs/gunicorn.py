"""gunicorn: two worker processes, each with a pool of threads (gthread)."""
import os
import signal

APPLICATION = '''
import hashlib, os, time
def application(environ, start):
    path, body = environ["PATH_INFO"], b"hello"
    if path == "/slow":
        time.sleep(0.3)
    elif path == "/big":
        body = b"0123456789abcdef" * 65536
    elif path == "/pid":
        time.sleep(0.05)
        body = str(os.getpid()).encode()
    elif path == "/post":
        data = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        body = hashlib.sha256(data).hexdigest().encode()
    start("200 OK", [("Content-Length", str(len(body)))])
    return [body]
'''


def visit(scene, name=""):
    """The requests that any server of this application must answer."""
    slow = (200, b"hello")
    answers = scene.crowd(64, lambda i: scene.request("/slow"))
    scene.check(name + "64 slow requests at once", answers, [slow] * 64)
    big = (200, b"0123456789abcdef" * 65536)
    scene.check(name + "16 times a megabyte", scene.crowd(16, lambda i: scene.request("/big")) == [big] * 16)
    bodies = [os.urandom(100000) for _ in range(16)]
    answers = scene.crowd(16, lambda i: scene.request("/post", bodies[i])[1][:16].decode())
    scene.check(name + "16 times 100 kB posted", answers, [scene.digest(body) for body in bodies])


def workers(scene):
    """The worker processes that answer; while they are replaced, some clients get nothing."""
    return {answer[1] for answer in scene.crowd(32, lambda i: scene.request("/pid")) if answer[0] == 200}


def others(scene, before):
    """Whether none of those processes answers any more."""
    now = workers(scene)
    return now and now.isdisjoint(before)


def serve(scene, command):
    """Requests, a reload, more requests, the end: for any server of two workers whom SIGHUP replaces."""
    scene.write("app.py", APPLICATION)
    server = scene.start(command)
    visit(scene)
    before = set()
    scene.check("both workers answer", scene.until(lambda: before.update(workers(scene)) or len(before) == 2))
    server.child.send_signal(signal.SIGHUP)
    scene.check("SIGHUP replaces them", scene.until(lambda: others(scene, before)))
    scene.check("and they answer", scene.request("/slow"), (200, b"hello"))
    scene.stop(server)


def exercise(scene):
    """The work."""
    serve(scene, f"gunicorn -k gthread -w 2 --threads 8 -b 127.0.0.1:{scene.port} app:application")
