"""svnserve: a pool of threads for its clients, whose commits take turns by a lock."""

FILES, COMMITS = 20, 4


def work(scene, number):
    """A client's day: what it imports, commits and gets back, and whether all went well."""
    url, copy = f"svn://127.0.0.1:{scene.port}/{number}", scene.dir / f"copy{number}"
    for i in range(FILES):
        scene.write(f"import{number}/{i}", f"file {i} of client {number}\n" * (1 + 50 * i))
    said = [scene.client(f"svn import -q --non-interactive -m import import{number} {url}"),
            scene.client(f"svn checkout -q --non-interactive {url} {copy}")]
    for i in range(COMMITS):
        scene.write(f"copy{number}/{i}", f"changed in commit {i} of client {number}\n")
        said.append(scene.client(f"svn commit -q --non-interactive -m change {copy}"))
    said.append(scene.client(f"svn export -q --non-interactive {url} export{number}"))
    said.append(scene.client(f"diff -r -x .svn {copy} export{number}"))
    return "".join(said) == "[status 0]" * len(said) or said


def exercise(scene):
    """Twelve clients at once; what is there then; the end."""
    scene.client("svnadmin create repository")
    scene.write("repository/conf/svnserve.conf", "[general]\nanon-access = write\n")
    server = scene.start("svnserve -d --foreground --threads -r repository --listen-host 127.0.0.1 "
                         f"--listen-port {scene.port}")
    scene.check("12 clients", scene.crowd(12, lambda i: work(scene, i)), [True] * 12)
    scene.same("revisions", scene.client(f"svn info --show-item revision svn://127.0.0.1:{scene.port}"))
    scene.stop(server)
    scene.same("the repository is sound", scene.client("svnadmin verify -q repository"))
