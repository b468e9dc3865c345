"""iperf 2: receives TCP streams, a thread per stream. Throughput; a request is a block of 128 KiB."""
from comparison import clients, load
from comparison.server import Server

ORDER = 8
SERVER = Server(
    name="iperf",
    about="receives 32 TCP streams; a request is a block of 128 KiB",
    packages=("iperf",),
    command="iperf -s -B 127.0.0.1 -p {port}",
    load=load.Iperf(streams=32),
    crowd=clients.iperf,
    orderly_end=False,  # 2.1.8 crashes in four of six ends after 300 streams, natively, and hangs in some
)
