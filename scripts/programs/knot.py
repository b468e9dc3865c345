"""Knot DNS: workers for UDP and TCP, user-space RCU, transactions on zones while they are asked for."""
from programs.unbound import dig, question

SETTINGS = """server:
  rundir: "{dir}"
  listen: 127.0.0.1@{port}
  udp-workers: 3
  tcp-workers: 3
  background-workers: 2
database:
  storage: "{dir}/db"
log:
  - target: stderr
    any: warning
control:
  listen: {dir}/control
zone:
  - domain: example.
    file: {dir}/zone
"""
ZONE = "$ORIGIN example.\n$TTL 60\n@ IN SOA a b 1 2 3 4 5\n@ IN NS a\na IN A 10.0.0.1\n"
NAMES = 100


def exercise(scene):
    """Many questions at once, by UDP and TCP, before and after a transaction; the end."""
    scene.write("zone", ZONE + "".join(f"host{i} IN A 10.0.1.{i}\n" for i in range(NAMES)))
    (scene.dir / "db").mkdir()
    settings = scene.write("knot.conf", SETTINGS.format(port=scene.port, dir=scene.dir))
    server = scene.start(f"/usr/sbin/knotd -c {settings}")
    control = f"knotc -c {settings} "
    for when in ("", ", again"):
        question(scene, {f"host{i}": f"10.0.1.{i}" for i in range(64)}, when)
        scene.same("a transaction" + when, scene.client(control + "zone-begin example"))
        name = f"late{len(when)}"
        scene.same("a change" + when, scene.client(control + f"zone-set example {name} 60 A 10.9.9.9"))
        scene.same("its end" + when, scene.client(control + "zone-commit example"))
        found = scene.until(lambda: "10.9.9.9" in dig(scene, "", name))
        scene.check("what it added" + when, found)
    scene.stop(server)
