"""varnish: a manager, and a child with pools of threads in front of a backend."""
import hashlib
import http.server
import threading


class Backend(http.server.BaseHTTPRequestHandler):
    """Pages whose content follows from their name."""
    asked = []

    def do_GET(self):
        """Answers, and notes what was asked."""
        self.asked.append(self.path)
        body = hashlib.sha256(self.path.encode()).hexdigest().encode() * 500
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=60")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Says nothing."""


def exercise(scene):
    """Forty pages fetched by many; each is asked of the backend once, and answered from the cache then."""
    Backend.asked = []
    backend = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Backend)
    threading.Thread(target=backend.serve_forever, daemon=True).start()
    server = scene.start(f"varnishd -F -j none -a 127.0.0.1:{scene.port} -b 127.0.0.1:{backend.server_port} "
                         f"-n {scene.dir}/varnish -s malloc,32m")

    def visit(_):
        pages = [f"/page{i}" for i in range(40)]
        right = [(200, hashlib.sha256(page.encode()).hexdigest().encode() * 500) for page in pages]
        return [scene.request(page) for page in pages] == right
    scene.check("32 visitors", scene.crowd(32, visit), [True] * 32)
    scene.check("the backend was asked once for each page", len(Backend.asked), 40)
    scene.stop(server)
    backend.shutdown()
