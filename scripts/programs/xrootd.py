"""xrootd: files for physicists, by threads that come and go; its client copies by several streams."""
from random import Random

SIZE = 20 << 20


def exercise(scene):
    """A file got by many at once, by streams of its own, sent back, listed; the end."""
    file = scene.dir / "root" / "data" / "file"
    file.parent.mkdir(parents=True)
    file.write_bytes(Random(1).randbytes(SIZE))
    for path in (scene.dir, scene.dir / "root", file.parent):
        path.chmod(0o777)  # it gives up root
    scene.write("server.cfg", f"all.export /data\noss.localroot {scene.dir}/root\nxrd.port {scene.port}\n"
                f"all.adminpath {scene.dir}/admin\nall.pidpath {scene.dir}/admin\n")
    server = scene.start("setpriv --reuid=nobody --regid=nogroup --clear-groups "
                         f"xrootd -c {scene.dir}/server.cfg")
    url = f"root://127.0.0.1:{scene.port}//data"

    def copied(number):
        said = scene.run(f"xrdcp -s -f {'-S 4' if number % 2 else ''} {url}/file copy{number}")
        return said == "[status 0]" and (scene.dir / f"copy{number}").read_bytes() == file.read_bytes() or said
    scene.check("8 copies", scene.crowd(8, copied), [True] * 8)
    scene.same("one sent", scene.run(f"xrdcp -s copy0 {url}/sent"))
    scene.same("what there is", scene.run(f"xrdfs 127.0.0.1:{scene.port} ls /data"))
    scene.check("the same", (file.parent / "sent").read_bytes() == file.read_bytes())
    scene.stop(server)
