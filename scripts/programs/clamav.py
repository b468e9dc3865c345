"""clamd: a pool of threads that scan files, for clients by TCP."""
from random import Random

FILES, PATTERN = 200, b"found by unblock"


def exercise(scene):
    """A signature of our own, found in the two files that have it, by many clients at once; the end."""
    random = Random(1)
    (scene.dir / "files").mkdir()
    for i in range(FILES):
        (scene.dir / "files" / f"{i}").write_bytes(random.randbytes(500 * i))
    for name in ("bad1", "bad2"):
        (scene.dir / "files" / name).write_bytes(b"before " + PATTERN + b" after")
    scene.write("signatures/ours.ndb", f"Ours:0:*:{PATTERN.hex()}\n")
    scene.write("clamd.conf", f"DatabaseDirectory {scene.dir}/signatures\nTCPSocket {scene.port}\n"
                "TCPAddr 127.0.0.1\nForeground yes\nMaxThreads 10\nUser root\n")
    server = scene.start(f"clamd -c {scene.dir}/clamd.conf")

    def scan(what):
        said = scene.client(f"clamdscan -c {scene.dir}/clamd.conf --no-summary {what} {scene.dir}/files")
        return sorted(line.replace(str(scene.dir), "") for line in said.splitlines())
    scene.same("many files at a time", scan("--multiscan"))
    scene.same("8 clients that send theirs", scene.crowd(8, lambda i: scan("--stream")))
    scene.stop(server)
