"""Caddy: Go, whose runtime makes its own system calls, schedules goroutines and interrupts its threads."""

CONFIGURATION = """{{
  admin off
  auto_https off
}}
http://127.0.0.1:{port} {{
  handle /slow {{
    respond "hello" 200
  }}
  handle /denied {{
    respond 403
  }}
  handle {{
    root * {dir}/www
    encode gzip
    templates
    file_server
  }}
}}
"""


def exercise(scene):
    """Files, templates and answers of its own, to many at once; the end."""
    for i in range(16):
        scene.write(f"www/{i}.bin", f"{i:016}" * (1 << 14))
    scene.write("www/page.html", '{{now | date "2006" | len}} {{range $i, $e := until 5}}{{$i}}{{end}}')
    configuration = scene.write("Caddyfile", CONFIGURATION.format(port=scene.port, dir=scene.dir))
    server = scene.start(f"caddy run --config {configuration} --adapter caddyfile")
    scene.check("64 answers", scene.crowd(64, lambda i: scene.request("/slow")), [(200, b"hello")] * 64)
    files = scene.crowd(64, lambda i: scene.request(f"/{i % 16}.bin"))
    scene.check("64 files", files == [(200, f"{i % 16:016}".encode() * (1 << 14)) for i in range(64)])
    scene.same("a template", scene.request("/page.html"))
    scene.check("denied", scene.request("/denied")[0], 403)
    scene.check("not there", scene.request("/nothing")[0], 404)
    scene.stop(server)
