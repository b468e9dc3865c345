"""lighttpd: one process with one loop."""
from comparison import clients, load
from comparison.server import Server

ORDER = 27
SERVER = Server(
    name="lighttpd",
    about="one process; 64 connections, 1 KiB page, keep-alive",
    packages=("lighttpd",),
    command="lighttpd -D -f {dir}/lighttpd.conf",
    load=load.Wrk(connections=64),
    exchange=clients.http,
    files={"lighttpd.conf": """
server.document-root = "{wwwroot}"
server.bind = "127.0.0.1"
server.port = {port}
server.max-keep-alive-requests = 1000000000
"""},
    has_loop=True,
)
