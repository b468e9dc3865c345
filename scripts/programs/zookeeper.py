"""ZooKeeper on HotSpot: threads for connections, for requests one after another, for its log on disk."""
JAVA = "/usr/share/java"
CLASSES = ":".join(f"{JAVA}/{name}.jar" for name in (
    "zookeeper", "zookeeper-jute", "slf4j-api", "slf4j-simple", "netty-all", "commons-cli", "metrics-core",
    "snappy-java"))
SETTINGS = """tickTime=2000
dataDir={dir}/data
clientPort={port}
clientPortAddress=127.0.0.1
maxClientCnxns=0
admin.enableServer=false
"""
NODES = 100


def commands(name):
    """Makes nodes, reads and changes them, and removes every third."""
    lines = [f"create /{name} begin"]
    for i in range(NODES):
        lines += [f"create /{name}/{i} value{i}", f"set /{name}/{i} changed{i}", f"get /{name}/{i}"]
        lines += [f"delete /{name}/{i}"] if i % 3 == 0 else []
    return "\n".join([*lines, f"ls /{name}", "quit", ""])


def exercise(scene):
    """Clients side by side, the last of them unblocked, too; what they left is there after a new start."""
    settings = scene.write("zoo.cfg", SETTINGS.format(port=scene.port, dir=scene.dir))
    command = f"java -Xmx256m -cp {CLASSES} org.apache.zookeeper.server.quorum.QuorumPeerMain {settings}"
    client = (f"java -Xmx64m -cp {CLASSES} org.apache.zookeeper.ZooKeeperMain -waitforconnection "
              f"-server 127.0.0.1:{scene.port}")
    left = sorted(str(i) for i in range(NODES) if i % 3)

    def outcome(said, name):
        listed = [line.strip("[]").split(", ") for line in said.splitlines() if line.startswith("[1, ")]
        values = [said.count(f"changed{i}\n") for i in range(NODES)]
        return values == [1] * NODES, said.count(f"Created /{name}/"), [sorted(names) for names in listed]
    server = scene.start(command)
    scene.check("3 clients", scene.crowd(3, lambda i: outcome(scene.client(client, commands(f"n{i}")), f"n{i}")),
                [(True, NODES, [left])] * 3)
    scene.check("one more", outcome(scene.run(client, commands("more")), "more"), (True, NODES, [left]))
    scene.stop(server)
    server = scene.start(command)
    said = scene.client(client, "get /n1/7\nget /n2/9\nquit\n")
    scene.check("kept", ("changed7" in said, "changed9" in said, "not exist: /n2/9" in said), (True, False, True))
    scene.stop(server)
