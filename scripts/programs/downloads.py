"""Programs that load by many connections: aria2, axel (a thread for each), lftp, curl."""
from random import Random

BIG, SMALL = 20_000_000, 40
SETTINGS = """server.document-root = "{dir}/served"
server.bind = "127.0.0.1"
server.port = {port}
server.modules = ("mod_dirlisting")
dir-listing.activate = "enable"
"""
BIG_ONE = {"aria2": "aria2c -q -x4 -s4 -k1M -o aria2 {url}/big", "axel": "axel -q -n 8 -o axel {url}/big",
           "lftp": "lftp -c 'pget -n 6 {url}/big -o lftp'"}
SMALL_ONES = {"aria2": "aria2c -q -j16 -d aria2.d -i list", "lftp": "lftp -c 'mirror -P 8 -X big {url}/ lftp.d'",
              "curl": "curl -Z --stderr /dev/null --parallel-max 20 --create-dirs -o curl.d/small#1 "
                      f"{{url}}/small[0-{SMALL - 1}]"}


def exercise(scene):
    """A big file in pieces, and small ones together, by each of them."""
    big = Random(1).randbytes(BIG)
    (scene.dir / "served").mkdir()
    (scene.dir / "served" / "big").write_bytes(big)
    for i in range(SMALL):
        (scene.dir / "served" / f"small{i}").write_bytes(big[i * 1000:i * 31000])
    scene.start(f"lighttpd -D -f {scene.write('light.conf', SETTINGS.format(dir=scene.dir, port=scene.port))}")
    url = f"http://127.0.0.1:{scene.port}"
    for name, command in BIG_ONE.items():
        scene.same(name, scene.run(command.format(url=url)))
        scene.check(f"what {name} loaded", (scene.dir / name).read_bytes() == big)
    scene.write("list", "".join(f"{url}/small{i}\n" for i in range(SMALL)))
    for name, command in SMALL_ONES.items():
        scene.same(f"{name}, small ones", scene.run(command.format(url=url)))
        loaded = [(scene.dir / f"{name}.d" / f"small{i}").read_bytes() for i in range(SMALL)]
        scene.check(f"what {name} loaded of them", [len(one) for one in loaded], [30000 * i for i in range(SMALL)])
        scene.check(f"and its content: {name}", loaded == [big[i * 1000:i * 31000] for i in range(SMALL)])
