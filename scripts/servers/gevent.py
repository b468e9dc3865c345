"""gunicorn with gevent's worker: greenlets over libev, one process."""
from comparison import clients, load
from comparison.server import Server

ORDER = 21
FILES = {"app.py": """
PAGE = open("{wwwroot}/page.txt", "rb").read()
def application(environ, start):
    start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(PAGE)))])
    return [PAGE]
"""}
SERVER = Server(
    name="gevent",
    about="gunicorn -k gevent; 64 connections, 1 KiB page, keep-alive",
    packages=("python3-gevent", "gunicorn"),
    command="gunicorn -k gevent -w 1 --keep-alive 60 -b 127.0.0.1:{port} --chdir {dir} app:application",
    load=load.Wrk(connections=64),
    exchange=clients.http,
    files=FILES,
    has_loop=True,
)
