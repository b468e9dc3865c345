"""python3 -m http.server: a thread per connection, one request per connection (HTTP/1.0)."""
from comparison import clients, load
from comparison.server import Server

ORDER = 2
SERVER = Server(
    name="http.server",
    about="python3 -m http.server; 32 connections, 1 KiB page, a connection per request",
    packages=("python3-minimal",),
    command="python3 -m http.server {port} --bind 127.0.0.1 --directory {wwwroot}",
    load=load.Wrk(connections=32),  # its listener's backlog is 5
    exchange=clients.http,
)
