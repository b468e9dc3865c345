"""rrdcached: a thread per connection, and threads that write files."""


def exercise(scene):
    """Files updated through the daemon by many at once, flushed, and read."""
    server = scene.start(f"rrdcached -g -t 4 -l 127.0.0.1:{scene.port} -b {scene.dir} -B -w 1800 "
                         f"-p {scene.dir}/pid -j {scene.dir}")
    daemon = f"--daemon 127.0.0.1:{scene.port}"

    def update(number):
        name = f"f{number}.rrd"
        said = scene.client(f"rrdtool create {daemon} {name} --start 1000000000 --step 10 DS:x:GAUGE:20:U:U "
                            "RRA:AVERAGE:0.5:1:500")
        for begin in range(1, 200, 20):
            points = " ".join(f"{1000000000 + 10 * i}:{i * (number + 1)}" for i in range(begin, begin + 20))
            said += scene.client(f"rrdtool update {daemon} {name} {points}")
        return said + scene.client(f"rrdtool fetch {daemon} {name} AVERAGE "
                                   "--start 1000000000 --end 1000002000")
    scene.same("20 files at once", scene.crowd(20, update))
    scene.stop(server)
    scene.same("the files", [scene.client(f"rrdtool lastupdate f{i}.rrd") for i in range(20)])
