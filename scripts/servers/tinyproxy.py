"""tinyproxy: an HTTP proxy, a thread per connection, a connection to the backend per request."""
from comparison import clients, load
from comparison.server import Server

ORDER = 3
SERVER = Server(
    name="tinyproxy",
    about="HTTP proxy; 64 connections, 1 KiB page, a connection per request",
    packages=("tinyproxy-bin",),
    command="tinyproxy -d -c {dir}/tinyproxy.conf",
    files={"tinyproxy.conf": "Port {port}\nListen 127.0.0.1\nAllow 127.0.0.1\nMaxClients {workers}\n"
                             "Timeout 60\nLogLevel Critical\nDisableViaHeader Yes\n"},
    backend="http",
    load=load.Ab(connections=64),
    exchange=clients.http_proxy,
)
