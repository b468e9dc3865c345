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
    exchange=clients.stream,
    waits_for_clients=True,
    reports=r"^\[ *\d+\] .* sec +([\d.]+ \w+) ",
)
