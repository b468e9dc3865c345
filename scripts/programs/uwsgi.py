"""uwsgi: two processes with eight threads each."""
import signal

from programs.gunicorn import APPLICATION, others, visit, workers


def exercise(scene):
    """Requests, a reload, more requests, the end."""
    scene.write("app.py", APPLICATION)
    server = scene.start(f"uwsgi --plugin python3 --http-socket 127.0.0.1:{scene.port} --master "
                         "--processes 2 --threads 8 --wsgi-file app.py --die-on-term --listen 100 --need-app")
    visit(scene)
    before = set()
    scene.check("both workers answer", scene.until(lambda: before.update(workers(scene)) or len(before) == 2))
    server.child.send_signal(signal.SIGHUP)
    scene.check("SIGHUP replaces them", scene.until(lambda: others(scene, before)))
    scene.check("and they answer", scene.request("/slow"), (200, b"hello"))
    scene.stop(server)
