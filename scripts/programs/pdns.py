"""PowerDNS' authoritative server with SQLite: receivers, distributors, threads for TCP, a web server."""
from pathlib import Path

from comparison.process import free_port
from programs.unbound import question

SCHEMA = Path("/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql")
SETTINGS = """launch=gsqlite3
gsqlite3-database={dir}/database
local-address=127.0.0.1
local-port={port}
socket-dir={dir}
receiver-threads=3
distributor-threads=3
cache-ttl=0
query-cache-ttl=0
negquery-cache-ttl=0
api=yes
api-key=ours
webserver=yes
webserver-port={web}
guardian=no
daemon=no
setuid=
setgid=
"""
ZONE = """INSERT INTO domains(name,type) VALUES('example','NATIVE');
INSERT INTO records(domain_id,name,type,content,ttl) VALUES (1,'example','SOA','a b 1 2 3 4 5',60);
"""
RECORD = "INSERT INTO records(domain_id,name,type,content,ttl) VALUES (1,'host{0}.example','A','10.0.1.{0}',60);\n"
NAMES = 200


def exercise(scene):
    """Questions at once, each of which asks the database; the zone over HTTP; the end."""
    web = free_port()
    database = SCHEMA.read_text() + "BEGIN;\n" + ZONE + "".join(map(RECORD.format, range(NAMES))) + "COMMIT;\n"
    scene.same("the database", scene.client(f"sqlite3 {scene.dir}/database", database))
    scene.write("pdns.conf", SETTINGS.format(dir=scene.dir, port=scene.port, web=web))
    server = scene.start(f"pdns_server --config-dir={scene.dir}", web)
    question(scene, {f"host{i}": f"10.0.1.{i}" for i in range(64)})
    zone = f"http://127.0.0.1:{web}/api/v1/servers/localhost/zones/example."
    scene.same("the zone", scene.crowd(8, lambda i: scene.client(f"curl -s -H 'X-API-Key: ours' {zone}")))
    control = f"pdns_control --config-dir={scene.dir} --socket-dir={scene.dir} "
    for command in ("rping", "show udp-answers", "purge example"):
        scene.same(command, scene.client(control + command))
    scene.stop(server)
