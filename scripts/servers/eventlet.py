"""gunicorn with eventlet's worker: green threads over epoll, one process."""
from comparison import clients, load
from comparison.server import Server
from servers.gevent import FILES

ORDER = 22
SERVER = Server(
    name="eventlet",
    about="gunicorn -k eventlet; 64 connections, 1 KiB page, keep-alive",
    packages=("python3-eventlet", "gunicorn"),
    command="gunicorn -k eventlet -w 1 --keep-alive 60 --graceful-timeout 2 -b 127.0.0.1:{port} "
            "--chdir {dir} app:application",
    load=load.Wrk(connections=64),
    exchange=clients.http,
    files=FILES,
    has_loop=True,
)
