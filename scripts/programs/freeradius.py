"""freeradius: one thread listens, a pool of threads answers."""
SETTINGS = """name = freeradius
libdir = /usr/lib/freeradius
raddbdir = {dir}
logdir = {dir}
run_dir = {dir}
max_requests = 8192
cleanup_delay = 1
log {{
  destination = stdout
}}
security {{
  allow_core_dumps = no
  reject_delay = 0
}}
thread pool {{
  start_servers = 8
  max_servers = 16
  min_spare_servers = 2
  max_spare_servers = 8
  max_requests_per_server = 0
  max_queue_size = 65536
}}
modules {{
  pap {{
  }}
  expr {{
  }}
  files {{
    filename = {dir}/users
  }}
}}
client localhost {{
  ipaddr = 127.0.0.1
  secret = ours
  proto = *
}}
server default {{
  listen {{
    type = auth
    ipaddr = 127.0.0.1
    port = {port}
  }}
  listen {{
    type = auth
    proto = tcp
    ipaddr = 127.0.0.1
    port = {port}
  }}
  authorize {{
    files
    pap
  }}
  authenticate {{
    pap
  }}
}}
"""
USERS = 200


def exercise(scene):
    """Clients that ask for many users at once, by right and by wrong words; the end."""
    scene.dir.chmod(0o755)
    scene.write("users", "".join(f'user{i} Cleartext-Password := "word{i}"\n  Reply-Message := "Hello, {i}"\n\n'
                                 for i in range(USERS)))
    scene.write("radiusd.conf", SETTINGS.format(port=scene.port, dir=scene.dir))
    server = scene.start(f"freeradius -f -d {scene.dir} -l stdout -D /usr/share/freeradius")

    def ask(i):
        requests = scene.write(f"requests{i}", "\n".join(
            f'User-Name = "user{j}"\nUser-Password = "word{j + (j % 5 == 0)}"\n' for j in range(USERS)))
        said = scene.client(f"radclient -x -p 20 -r 3 -t 5 -f {requests} 127.0.0.1:{scene.port} auth ours")
        return said.count("Received Access-Accept"), said.count("Received Access-Reject"), said.count("Hello")
    scene.check("8 clients", scene.crowd(8, ask), [(USERS * 4 // 5, USERS // 5, USERS)] * 8)
    scene.stop(server)
