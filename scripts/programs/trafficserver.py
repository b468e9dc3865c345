"""Traffic Server: a proxy whose threads each have a loop, and threads that read and write its cache on disk."""
import http.server
import shutil
import threading

from programs.squid import Backend, fetch, page

ROOT = """prefix: {dir}
exec_prefix: /usr
bindir: /usr/bin
sbindir: /usr/sbin
includedir: /usr/include
libdir: /usr/lib/trafficserver
libexecdir: /usr/lib/trafficserver/modules
sysconfdir: {dir}/etc
datadir: {dir}/cache
cachedir: {dir}/cache
localstatedir: {dir}/var
runtimedir: {dir}/run
logdir: {dir}/log
"""
SETTINGS = """CONFIG proxy.config.http.server_ports STRING {port}:ip-in=127.0.0.1
CONFIG proxy.config.exec_thread.autoconfig INT 0
CONFIG proxy.config.exec_thread.limit INT 4
CONFIG proxy.config.exec_thread.affinity INT 0
CONFIG proxy.config.accept_threads INT 1
CONFIG proxy.config.task_threads INT 2
CONFIG proxy.config.cache.threads_per_disk INT 8
CONFIG proxy.config.cache.ram_cache.size INT 65536
CONFIG proxy.config.url_remap.remap_required INT 0
CONFIG proxy.config.admin.user_id STRING #-1
CONFIG proxy.config.crash_log_helper STRING NULL
"""
PAGES = 60


def exercise(scene):
    """Sixty pages fetched by many, which go to the disk; then each of them from there; the end."""
    backend = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Backend)
    threading.Thread(target=backend.serve_forever, daemon=True).start()
    shutil.copytree("/etc/trafficserver", scene.dir / "etc", symlinks=True)
    for name in ("cache", "var", "run", "log"):
        (scene.dir / name).mkdir()
    scene.write("etc/records.config", SETTINGS.format(port=scene.port))
    scene.write("etc/storage.config", "cache 64M\n")
    root = scene.write("runroot.yaml", ROOT.format(dir=scene.dir))
    server = scene.start(f"traffic_server --run-root={root}")

    def url(i):
        return f"http://127.0.0.1:{backend.server_port}/page{i}"

    def visit(i):
        wanted = [(i * 7 + j) % PAGES for j in range(PAGES)]
        return [fetch(scene.port, url(j))[:2] == (200, page(f"/page{j}")) for j in wanted].count(True)
    # Its cache begins a little after it accepts connections.
    scene.until(lambda: "cache enabled" in (scene.dir / "log" / "diags.log").read_text())
    scene.check("16 visitors", scene.crowd(16, visit), [PAGES] * 16)
    backend.shutdown()
    backend.server_close()
    found = [fetch(scene.port, url(i))[:2] == (200, page(f"/page{i}")) for i in range(PAGES)]
    scene.check("from the cache", found, [True] * PAGES)
    scene.stop(server)
