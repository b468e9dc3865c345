"""transmission-daemon: its web server, by libevent's evhttp, with a thread of its own."""
from comparison import clients, load
from comparison.server import Server

ORDER = 25
SERVER = Server(
    name="transmission",
    about="transmission-daemon's web pages; 16 connections, 1 KiB page, keep-alive",
    packages=("transmission-daemon",),
    command="transmission-daemon --foreground --config-dir {dir} --port {port} --no-auth --no-dht --no-lpd "
            "--no-portmap --allowed 127.0.0.1 --log-error",
    load=load.Wrk(connections=16, url="http://127.0.0.1:{port}/transmission/web/page.txt"),
    exchange=clients.page_at("/transmission/web/page.txt"),
    environment={"TRANSMISSION_WEB_HOME": "{wwwroot}"},
    has_loop=True,
)
