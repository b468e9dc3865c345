"""PowerDNS Recursor: threads with coroutines of its own inside, by Boost.Context."""
from programs.unbound import dig, question

SETTINGS = """local-address=127.0.0.1
local-port={port}
threads=4
auth-zones=example={dir}/zone
config-dir={dir}
socket-dir={dir}
setuid=
setgid=
chroot=
forward-zones=
disable-syslog=yes
daemon=no
write-pid=yes
dnssec=off
"""
NAMES = 100


def exercise(scene):
    """Many questions at once, by UDP and TCP; its statistics; a reload of the zone; the end."""
    records = [f"host{i} IN A 10.0.0.{i}\n" for i in range(NAMES)]
    zone = "$ORIGIN example.\n$TTL 60\n@ IN SOA a.example. b.example. 1 2 3 4 5\n"
    scene.write("zone", zone + "".join(records))
    scene.write("recursor.conf", SETTINGS.format(port=scene.port, dir=scene.dir))
    server = scene.start(f"/usr/sbin/pdns_recursor --config-dir={scene.dir}")
    question(scene, {f"host{i}": f"10.0.0.{i}" for i in range(64)})
    control = f"rec_control --config-dir={scene.dir} --socket-dir={scene.dir} "
    scene.same("questions it counted", scene.client(control + "get questions"))
    scene.write("zone", zone + "".join(records) + "late IN A 10.9.9.9\n")
    scene.same("a reload", scene.client(control + "reload-zones"))
    scene.check("a new name", scene.until(lambda: "10.9.9.9" in dig(scene, "", "late")))
    scene.stop(server)
