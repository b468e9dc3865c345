"""civetweb: a pool of threads, a thread per connection."""
from comparison import clients, load
from comparison.server import Server

ORDER = 7
SERVER = Server(
    name="civetweb",
    about="web server; 256 connections, 1 KiB page, keep-alive",
    packages=("civetweb",),
    command="civetweb -listening_ports 127.0.0.1:{port} -document_root {wwwroot} -num_threads {workers} "
            "-enable_keep_alive yes -keep_alive_timeout_ms 60000 -tcp_nodelay 1",
    load=load.Wrk(connections=256),
    exchange=clients.http,
)
