"""squid: a proxy with one loop, and threads that read and write its cache on disk (aufs)."""
import hashlib
import http.client
import http.server
import threading

SETTINGS = """http_port 127.0.0.1:{port}
http_access allow all
pid_filename {dir}/squid.pid
cache_log {dir}/cache.log
access_log none
cache_store_log none
cache_mem 1 MB
maximum_object_size_in_memory 0 KB
cache_dir aufs {dir}/spool 100 4 4
coredump_dir {dir}
visible_hostname ours
pinger_enable off
shutdown_lifetime 1 seconds
"""


class Backend(http.server.BaseHTTPRequestHandler):
    """Pages whose content follows from their name."""

    def do_GET(self):
        """Answers."""
        body = page(self.path)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=600")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Says nothing."""


def page(path):
    """What a page says: 32 KiB."""
    return hashlib.sha256(path.encode()).hexdigest().encode() * 512


def fetch(port, url):
    """By way of the proxy."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", url)
        answer = connection.getresponse()
        return answer.status, answer.read(), "HIT" in (answer.getheader("X-Cache") or "")
    finally:
        connection.close()


def exercise(scene):
    """Sixty pages fetched by many, which go to the disk; then each of them from there; the end."""
    backend = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Backend)
    threading.Thread(target=backend.serve_forever, daemon=True).start()
    scene.dir.chmod(0o777)  # it gives up root
    settings = scene.write("squid.conf", SETTINGS.format(port=scene.port, dir=scene.dir))
    scene.client(f"squid -f {settings} -N -z")
    server = scene.start(f"squid -f {settings} -N")

    def visit(i):
        urls = [f"http://127.0.0.1:{backend.server_port}/page{(i * 7 + j) % 60}" for j in range(60)]
        return all(fetch(scene.port, url)[:2] == (200, page(url[url.rindex("/"):])) for url in urls)
    scene.check("16 visitors", scene.crowd(16, visit), [True] * 16)
    backend.shutdown()
    backend.server_close()
    found = [fetch(scene.port, f"http://127.0.0.1:{backend.server_port}/page{i}") for i in range(60)]
    scene.check("from the cache", [(status, hit) for status, _, hit in found], [(200, True)] * 60)
    scene.check("as they were", [body == page(f"/page{i}") for i, (_, body, _) in enumerate(found)], [True] * 60)
    scene.stop(server)
