"""Our own echo server: plain C, a thread per connection (echo/echo_server.c)."""
from comparison import clients, load
from comparison.server import Server

ORDER = 1
SERVER = Server(
    name="echo",
    about="our plain C echo server; 1000 connections, 64-byte messages",
    packages=(),
    command="{tools}/echo_server {port}",
    load=load.Echo(connections=1000),
    exchange=clients.echo,
)
