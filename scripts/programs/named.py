"""BIND's named: libuv's loops in four threads; queries, transfers, updates, reloads."""
from comparison.process import free_port
from programs.unbound import dig, question

SETTINGS = """key ours {{ algorithm hmac-sha256; secret "b3Vycw=="; }};
controls {{ inet 127.0.0.1 port {control} allow {{ any; }} keys {{ ours; }}; }};
options {{ directory "{dir}"; listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }}; recursion no;
  pid-file "{dir}/pid"; session-keyfile "{dir}/session"; dnssec-validation no; notify no; }};
zone "example" {{ type primary; file "{dir}/zone"; allow-update {{ any; }}; allow-transfer {{ any; }}; }};
"""
CONTROL = """key ours {{ algorithm hmac-sha256; secret "b3Vycw=="; }};
options {{ default-key ours; default-server 127.0.0.1; default-port {control}; }};
"""
ZONE = "$ORIGIN example.\n$TTL 60\n@ IN SOA a b 1 2 3 4 5\n@ IN NS a\na IN A 10.0.0.1\n"
UPDATE = "server 127.0.0.1 {port}\nzone example\nupdate add new{i}.example 60 A 10.2.0.{i}\nsend\n"
NAMES = 200


def exercise(scene):
    """Questions at once by UDP and TCP, the zone by many at once, updates by many at once; reloads; the end."""
    control = free_port()
    scene.write("zone", ZONE + "".join(f"host{i} IN A 10.0.1.{i}\n" for i in range(NAMES)))
    settings = scene.write("named.conf", SETTINGS.format(dir=scene.dir, port=scene.port, control=control))
    rndc = f"rndc -c {scene.write('rndc.conf', CONTROL.format(control=control))} "
    server = scene.start(f"named -g -n 4 -c {settings}", control)
    scene.check("loaded", scene.until(lambda: "10.0.1.0" in dig(scene, "", "host0")))
    question(scene, {f"host{i}": f"10.0.1.{i}" for i in range(64)})
    transfer = f"dig @127.0.0.1 -p {scene.port} example axfr +nocomments +nostats +nocmd"
    scene.same("10 transfers", scene.crowd(10, lambda i: sorted(scene.client(transfer).splitlines())))
    scene.same("16 updates", scene.crowd(16, lambda i: scene.client("nsupdate", UPDATE.format(port=scene.port, i=i))))
    for command in ("freeze example", "thaw example", "flush", "reload"):
        scene.same(command, scene.client(rndc + command))
    scene.check("all there", scene.until(lambda: "10.2.0.15" in dig(scene, "", "new15")))
    question(scene, {f"new{i}": f"10.2.0.{i}" for i in range(16)}, ", after it")
    scene.stop(server)
