"""nbdkit: a disk for the network, whose connections have eight threads each for their requests."""
from random import Random

IMAGE = Random(1).randbytes(8 << 20)


def copied(scene, number):
    """Whether the disk, copied by two connections, is the image."""
    scene.client(f"nbdcopy --connections=2 nbd://127.0.0.1:{scene.port} {number}.img")
    return (scene.dir / f"{number}.img").read_bytes() == IMAGE


def exercise(scene):
    """The image there by four connections, and back by many at once; each request is late; the end."""
    (scene.dir / "image").write_bytes(IMAGE)
    server = scene.start(f"nbdkit -f -i 127.0.0.1 -p {scene.port} -t 8 --filter=cow --filter=delay "
                         f"memory {len(IMAGE)} rdelay=2ms wdelay=2ms")
    scene.same("the image there", scene.client(f"nbdcopy --connections=4 image nbd://127.0.0.1:{scene.port}"))
    scene.check("8 copies", scene.crowd(8, lambda i: copied(scene, i)), [True] * 8)
    scene.same("its size", scene.client(f"nbdinfo --size nbd://127.0.0.1:{scene.port}"))
    scene.stop(server)
