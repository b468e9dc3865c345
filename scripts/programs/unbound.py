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


def dig(scene, options, host):
    """A host's address in example., as dig(1) prints it."""
    return scene.client(f"dig @127.0.0.1 -p {scene.port} +short +tries=1 +time=10 {options} {host}.example A")


def question(scene, hosts, when=""):
    """Asks for all hosts at once, {name: address}, by UDP and TCP."""
    for way in ("+notcp", "+tcp"):
        found = scene.crowd(len(hosts), lambda i: dig(scene, way, list(hosts)[i]).split()[0])
        scene.check(f"{len(hosts)} questions by {way}{when}", found, list(hosts.values()))


def exercise(scene):
    """Many questions at once, by UDP and TCP; more names while it runs; statistics; a reload; the end."""
    records = "\n".join(f'  local-data: "host{i}.example. A 10.0.{i // 250}.{i % 250}"' for i in range(NAMES))
    settings = scene.write("unbound.conf", SETTINGS.format(port=scene.port, dir=scene.dir, records=records))
    server = scene.start(f"/usr/sbin/unbound -d -c {settings}")
    question(scene, {f"host{i}": f"10.0.0.{i}" for i in range(64)})
    control = f"/usr/sbin/unbound-control -c {settings} "
    scene.same("another name", scene.client(control + "local_data late.example. A 10.9.9.9"))
    scene.check("its address", dig(scene, "", "late").split()[0], "10.9.9.9")
    counted = [line for line in scene.client(control + "stats_noreset").splitlines()
               if line.startswith("total.num.queries=")]
    scene.same("questions it counted", counted)
    scene.same("a reload", scene.client(control + "reload"))
    scene.check("and an answer", scene.until(lambda: "10.0.0.7" in dig(scene, "+tcp", "host7")))
    scene.stop(server)
