"""gunicorn with eventlet's workers: green threads over epoll.

Now and then a worker does not notice that it is to end, natively, too: the master has little patience.
"""
from programs.gunicorn import serve


def exercise(scene):
    """The work."""
    serve(scene, f"gunicorn -k eventlet -w 2 --graceful-timeout 2 -b 127.0.0.1:{scene.port} app:application")
