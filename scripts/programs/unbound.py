"""unbound: four threads, each with libevent's loop; questions by UDP and TCP."""

SETTINGS = """server:
  interface: 127.0.0.1@{port}
  num-threads: 4
  use-syslog: no
  username: ""
  chroot: ""
  directory: "{dir}"
  pidfile: "{dir}/pid"
  local-zone: "example." static
{records}
remote-control:
  control-enable: yes
  control-interface: {dir}/control
"""
NAMES = 200


def exercise(scene):
    """Many questions at once, by UDP and TCP; more names while it runs; statistics; a reload; the end."""
    records = "\n".join(f'  local-data: "host{i}.example. A 10.0.{i // 250}.{i % 250}"' for i in range(NAMES))
    settings = scene.write("unbound.conf", SETTINGS.format(port=scene.port, dir=scene.dir, records=records))
    server = scene.start(f"/usr/sbin/unbound -d -c {settings}")
    dig = f"dig @127.0.0.1 -p {scene.port} +short +tries=1 +time=10 "

    def ask(way, number):
        return scene.client(f"{dig} {way} host{number}.example A").split()[0]
    right = [f"10.0.{i // 250}.{i % 250}" for i in range(64)]
    scene.check("64 questions by UDP", scene.crowd(64, lambda i: ask("+notcp", i)), right)
    scene.check("64 by TCP", scene.crowd(64, lambda i: ask("+tcp", i)), right)
    control = f"/usr/sbin/unbound-control -c {settings} "
    scene.same("another name", scene.client(control + "local_data late.example. A 10.9.9.9"))
    scene.check("its address", scene.client(dig + "late.example A").split()[0], "10.9.9.9")
    counted = [line for line in scene.client(control + "stats_noreset").splitlines()
               if line.startswith("total.num.queries=")]
    scene.same("questions it counted", counted)
    scene.same("a reload", scene.client(control + "reload"))
    scene.check("and an answer", scene.until(lambda: ask("+tcp", 7) == right[7]))
    scene.stop(server)
