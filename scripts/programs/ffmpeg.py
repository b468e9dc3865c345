"""ffmpeg: threads of a codec, of filters and, by way of OpenBLAS, of a library's constructor."""

SOURCE = "-f lavfi -i testsrc2=size=320x240:rate=25:duration=2"
START = "ffmpeg -nostdin -v error"


def exercise(scene):
    """The same frames and files, to the byte."""
    scene.same("frames filtered",
               scene.run(f"{START} -filter_threads 4 {SOURCE} -vf scale=160:90,hflip -f framemd5 -"))
    # x265 encodes several frames at once by their threads' luck: 2 of 40 native runs on a busy machine
    # differ.
    for codec, options in (("libx264", ""), ("libx265", "-x265-params log-level=none:frame-threads=1"),
                           ("mpeg4", "-g 5"), ("ffv1", "-level 3")):
        name = f"{codec}.mkv"
        scene.same(codec, scene.run(f"{START} {SOURCE} -threads 4 -c:v {codec} {options} -bitexact {name}"))
        scene.same(f"what {codec} wrote", scene.digest((scene.dir / name).read_bytes()))
        scene.same(f"{codec} and back", scene.run(f"{START} -threads 4 -i {name} -f framemd5 -"))
    pipe = f"{START} {SOURCE} -c:v rawvideo -f nut -"
    scene.same("through a pipe", scene.run(f"sh -c '{pipe} | {START} -i - -f md5 -'"))
