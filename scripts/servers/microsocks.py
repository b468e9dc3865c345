"""microsocks: a SOCKS5 proxy, a thread per connection."""
from comparison import clients, load
from comparison.server import Server

ORDER = 4
SERVER = Server(
    name="microsocks",
    about="SOCKS5 proxy; 256 connections, 64-byte messages, 20 per connection",
    packages=("microsocks",),
    command="microsocks -i 127.0.0.1 -p {port}",
    backend="echo",
    load=load.Echo(connections=256, options="--reconnect 20 --socks5 {backend}"),
    exchange=clients.socks5,
)
