"""git: commits, threaded packing and searching, a clone, a check of everything."""

CONFIGURATION = """[user]
name = A
email = a@example.com
[init]
defaultBranch = main
[pack]
threads = 4
[grep]
threads = 4
[index]
threads = 4
[checkout]
workers = 4
thresholdForParallelism = 1
[gc]
autoDetach = false
[core]
preloadIndex = true
"""


def exercise(scene):
    """Objects' names follow from their content and the dates, so they must be the same."""
    for number in range(300):
        scene.write(f"tree/d{number % 10}/f{number}", f"line {number}\n" * (10 + number))
    scene.write(".gitconfig", CONFIGURATION)
    git = "git -C tree "
    date = "env GIT_AUTHOR_DATE=2020-01-01T00:00:00Z GIT_COMMITTER_DATE=2020-01-01T00:00:00Z "
    scene.run(git + "init -q")
    scene.same("add", scene.run(git + "add -A"))
    scene.same("commit", scene.run(date + git + "commit -q -m first"))
    scene.same("log", scene.run(git + "log --format=%H"))
    scene.same("repack", scene.run(git + "repack -q -a -d -f"))
    scene.same("grep", scene.digest(scene.run(git + "grep -c 'line 7'").encode()))
    scene.same("gc", scene.run(git + "gc --quiet"))
    scene.same("clone", scene.run(f"git clone -q file://{scene.dir}/tree copy"))
    scene.same("status", scene.run("git -C copy status --short"))
    scene.same("fsck", scene.run("git -C copy fsck --full --no-progress"))
    scene.same("log of the clone", scene.run("git -C copy log --format=%H"))
