"""coturn: relays with a thread and libevent's loop each; allocations, permissions, packets both ways."""
from comparison.process import free_port

SETTINGS = """listening-port={port}
listening-ip=127.0.0.1
relay-ip=127.0.0.1
relay-threads=4
lt-cred-mech
user=name:word
realm=ours
no-tls
no-dtls
allow-loopback-peers
no-cli
pidfile={dir}/pid
userdb={dir}/users
log-file=stdout
"""
# By UDP, by TCP, and to each other.
KINDS = ("-e 127.0.0.1 -r {echo} -n 30 -m 20 -l 300", "-t -e 127.0.0.1 -r {echo} -n 30 -m 20 -l 300",
         "-y -n 20 -m 8 -l 170")


def exercise(scene):
    """Clients by UDP and TCP whose packets a peer sends back, and clients that send to each other; the end."""
    settings = scene.write("turn.conf", SETTINGS.format(port=scene.port, dir=scene.dir))
    server, echo = scene.start(f"turnserver -c {settings}"), free_port()
    scene.start(f"turnutils_peer -L 127.0.0.1 -p {echo}")  # by UDP; the port that is waited for is the server's

    def relayed(options):
        said = scene.client(f"turnutils_uclient {options} -u name -w word -p {scene.port} 127.0.0.1")
        return [line.partition(": ")[2] for line in said.splitlines() if "tot_send_msgs" in line][-1:] or said
    scene.same("clients of three kinds at once", scene.crowd(3, lambda i: relayed(KINDS[i].format(echo=echo))))
    scene.stop(server)
