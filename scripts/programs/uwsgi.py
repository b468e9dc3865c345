"""uwsgi: two processes with eight threads each."""
from programs.gunicorn import serve


def exercise(scene):
    """The work."""
    serve(scene, f"uwsgi --plugin python3 --http-socket 127.0.0.1:{scene.port} --master --processes 2 "
                 "--threads 8 --wsgi-file app.py --die-on-term --listen 100 --need-app")
