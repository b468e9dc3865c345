"""cheroot and waitress: web servers of Python's that answer by a pool of threads."""
import signal

from programs.gunicorn import APPLICATION, visit

CHEROOT = """
import signal, sys
from cheroot import wsgi
from app import application
server = wsgi.Server(("127.0.0.1", {port}), application, numthreads=32, request_queue_size=128)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
try:
    server.start()
finally:
    server.stop()
"""


def serve(scene, name, command):
    """One of them: its requests, its end."""
    server = scene.start(command)
    visit(scene, name)
    scene.stop(server, signal.SIGTERM)


def exercise(scene):
    """One after the other on the same port."""
    scene.write("app.py", APPLICATION)
    scene.write("serve.py", CHEROOT.format(port=scene.port))
    serve(scene, "cheroot: ", "python3 serve.py")
    serve(scene, "waitress: ", f"waitress-serve --listen=127.0.0.1:{scene.port} --threads=32 app:application")
