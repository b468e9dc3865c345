"""gunicorn with gevent's workers: greenlets over libev, names resolved by a pool of threads."""
from programs.gunicorn import serve


def exercise(scene):
    """The work."""
    serve(scene, f"gunicorn -k gevent -w 2 -b 127.0.0.1:{scene.port} app:application")
