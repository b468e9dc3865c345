"""Programs that share work between threads: xz, zstd, pigz, pbzip2, ripgrep, rclone, qemu-img, fio."""
import hashlib
import random

FIO = "fio --name=job --thread --numjobs=4 --size=2m --bs=16k --rw=randrw --verify=crc32c --output=report"


def exercise(scene):
    """Equal results, to the byte."""
    numbers = random.Random(1)
    data = "".join(f"{numbers.getrandbits(40):x} line {i}\n" for i in range(300000))
    scene.write("data", data)
    digest = hashlib.sha256(data.encode()).hexdigest()[:16]
    for command in ("xz -T4 -0 -k", "zstd -q -T4 -9 -k", "pigz -p8 -n -k", "pbzip2 -p4 -k"):
        name = command.split()[0]
        suffix = {"xz": "xz", "zstd": "zst", "pigz": "gz", "pbzip2": "bz2"}[name]
        scene.same(name, scene.run(f"{command} data"))
        scene.same(f"what {name} wrote", scene.digest((scene.dir / f"data.{suffix}").read_bytes()))
        back = scene.run(f"sh -c '{name} -dc data.{suffix} | sha256sum'")
        scene.check(f"{name} and back", back[:16], digest)
    found = scene.run("rg -c --threads 8 abc data /usr/share/perl/").splitlines()
    scene.same("ripgrep", sorted(found))
    rclone = "rclone --config /dev/null -L -q"
    scene.same("rclone", sorted(scene.run(f"{rclone} md5sum --checkers 8 /usr/share/perl/").split()))
    scene.same("rclone copies", scene.run(f"{rclone} copy --transfers 16 /usr/share/perl/ copy"))
    scene.same("the copy", scene.client("sh -c 'cd copy && find . -type f | sort | xargs md5sum | md5sum'"))
    scene.same("qemu-img", scene.run("qemu-img convert -m 8 -O qcow2 data image"))
    scene.same("and back", scene.run("qemu-img compare data image"))
    for engine in ("io_uring --iodepth=8", "libaio --iodepth=8", "psync"):
        scene.same(f"fio, {engine}", scene.run(f"{FIO} --ioengine={engine}"))
