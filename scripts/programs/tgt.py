"""tgtd: a disk by iSCSI, its requests done by threads that tell the loop by a descriptor for signals."""
import os
import re

IMAGE = bytes(range(256)) * (8 << 12)


def exercise(scene):
    """A disk that many look at and one reads for a while; its end."""
    channel = os.getpid() % 30000
    control = f"tgtadm -C {channel} --lld iscsi "
    (scene.dir / "disk").write_bytes(IMAGE)
    server = scene.start(f"tgtd -f -C {channel} -t 4 --iscsi portal=127.0.0.1:{scene.port}")
    name = "iqn.2001-04.com.example:ours"
    for command in (f"--op new --mode target --tid 1 -T {name}",
                    f"--op new --mode logicalunit --tid 1 --lun 1 -b {scene.dir}/disk",
                    "--op bind --mode target --tid 1 -I ALL"):
        scene.same(command[:26], scene.client(control + command))
    disk = f"iscsi://127.0.0.1:{scene.port}/{name}/1"
    scene.same("what it is", scene.client(f"iscsi-inq {disk}"))
    scene.same("8 look at its size", scene.crowd(8, lambda i: scene.client(f"iscsi-readcapacity16 {disk}")))
    read = scene.client(f"iscsi-perf -m 8 -b 16 -t 1 {disk}")
    scene.check("it is read", bool(re.search("average [1-9]", read)))
    scene.same("its end", scene.client(control + "--op delete --mode target --force --tid 1"))
    scene.same("and its own", scene.client(f"tgtadm -C {channel} --op delete --mode system"))
    scene.same("ends", server.child.wait(20))
