"""HAProxy: four threads, each with a loop of its own, between clients and two servers; a reload."""
import hashlib
import signal
import socket
import threading

from programs.privoxy import BIG, Origin, Origins

CONFIGURATION = """global
  nbthread 4
  stats socket {dir}/control mode 600 level admin
defaults
  mode http
  timeout connect 5s
  timeout client 20s
  timeout server 20s
frontend clients
  bind 127.0.0.1:{port}
  http-request return status 200 content-type text/plain string "by itself" if {{ path /own }}
  http-request deny if {{ path /denied }}
  default_backend servers
backend servers
  balance roundrobin
  server first 127.0.0.1:{first} check inter 200ms
  server second 127.0.0.1:{second} check inter 200ms
"""


def origin():
    """A server behind it."""
    made = Origins(("127.0.0.1", 0), Origin)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    return made


def visit(scene):
    """Pages, posts, what it answers by itself and what it denies."""
    scene.check("64 pages", scene.crowd(64, lambda i: scene.request(f"/{i}")),
                [(200, f"/{i}".encode()) for i in range(64)])
    scene.check("16 times a megabyte", scene.crowd(16, lambda i: scene.request("/big")) == [(200, BIG)] * 16)
    posted = [bytes([i]) * 100000 for i in range(16)]
    digests = [(200, hashlib.sha256(data).hexdigest().encode()) for data in posted]
    answers = scene.crowd(16, lambda i: scene.request("/post", posted[i]))
    scene.check("16 times 100 kB posted", answers, digests)
    scene.check("by itself", scene.crowd(32, lambda i: scene.request("/own")), [(200, b"by itself")] * 32)
    scene.check("denied", scene.request("/denied")[0], 403)


def worker(scene):
    """The process that serves, as it says itself."""
    with socket.socket(socket.AF_UNIX) as control:
        control.connect(str(scene.dir / "control"))
        control.sendall(b"show info\n")
        with control.makefile() as lines:
            return [line.split()[1] for line in lines if line.startswith("Pid:")]


def exercise(scene):
    """All of that twice, with a reload between; the end."""
    servers = origin(), origin()
    first, second = (server.server_address[1] for server in servers)
    configuration = scene.write("haproxy.cfg", CONFIGURATION.format(port=scene.port, dir=scene.dir,
                                                                    first=first, second=second))
    server = scene.start(f"/usr/sbin/haproxy -W -db -f {configuration}")
    visit(scene)
    before = worker(scene)
    server.child.send_signal(signal.SIGUSR2)
    scene.check("SIGUSR2 replaces it", scene.until(lambda: worker(scene) not in (before, [])))
    visit(scene)
    scene.stop(server)
    for each in servers:
        each.shutdown()
