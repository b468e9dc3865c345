"""OpenDKIM: a mail filter with a thread for each connection, which signs what it is shown."""
import base64
import hashlib

CONFIGURATION = """Socket inet:{port}@127.0.0.1
Domain example.org
Selector test
KeyFile {dir}/key
Mode s
Canonicalization simple/simple
InternalHosts 127.0.0.1
Background no
UMask 002
RequireSafeKeys no
"""
SCRIPT = """
connection = mt.connect("inet:{port}@127.0.0.1")
assert(connection, "no connection")
mt.conninfo(connection, "localhost", "127.0.0.1")
mt.macro(connection, SMFIC_MAIL, "i", "test{number}")
mt.mailfrom(connection, "<a@example.org>")
mt.rcptto(connection, "<b@example.net>")
mt.header(connection, "From", "a@example.org")
mt.header(connection, "Subject", "message {number}")
mt.eoh(connection)
mt.sleep(0.2)
mt.bodystring(connection, "{body}")
mt.eom(connection)
mt.echo(mt.getheader(connection, "DKIM-Signature", 0) or "none")
mt.disconnect(connection)
"""


def signed(scene, number):
    """Whether a message gets a signature of its own body."""
    lines = [f"line {i} of message {number}" for i in range(20 + number)]
    script = scene.write(f"{number}.lua", SCRIPT.format(port=scene.port, number=number,
                                                        body="".join(line + "\\r\\n" for line in lines)))
    printed = "".join(scene.client(f"miltertest -s {script}").split())
    body = "".join(line + "\r\n" for line in lines).encode()
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    return "d=example.org;" in printed and f"bh={digest};" in printed or printed[-200:]


def exercise(scene):
    """Messages by many at once, a new configuration, more of them, the end."""
    scene.client("openssl genrsa -out key 2048")
    configuration = scene.write("opendkim.conf", CONFIGURATION.format(port=scene.port, dir=scene.dir))
    server = scene.start(f"/usr/sbin/opendkim -f -x {configuration}")
    scene.check("40 messages", scene.crowd(40, lambda i: signed(scene, i)), [True] * 40)
    scene.check("40 more", scene.crowd(40, lambda i: signed(scene, i)), [True] * 40)
    scene.stop(server)
