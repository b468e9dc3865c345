"""stunnel4: terminates TLS in front of a plain HTTP server, a thread per connection."""
from comparison import clients, load
from comparison.server import Server

ORDER = 5
CONFIGURATION = """foreground = yes
pid =
syslog = no
debug = err
[page]
accept = 127.0.0.1:{port}
connect = 127.0.0.1:{backend}
cert = {dir}/certificate.pem
key = {dir}/stunnel.pem
"""
SERVER = Server(
    name="stunnel4",
    about="TLS in front of HTTP; 128 connections, 1 KiB page, keep-alive",
    packages=("stunnel4", "openssl"),
    command="stunnel4 {dir}/stunnel.conf",
    files={"stunnel.conf": CONFIGURATION},
    prepare=("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
             "-days", "1", "-subj", "/CN=127.0.0.1", "-keyout", "stunnel.pem", "-out", "certificate.pem"),
    backend="http",
    load=load.Wrk(connections=128, url="https://127.0.0.1:{port}/page.txt"),
    exchange=clients.https,
)
