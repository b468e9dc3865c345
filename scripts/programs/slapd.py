"""slapd: OpenLDAP's server, a pool of threads over a memory-mapped database."""

CONFIGURATION = """include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {dir}/slapd.pid
threads 16
database mdb
suffix dc=test
rootdn cn=admin,dc=test
rootpw secret
directory {dir}/data
maxsize 67108864
index objectClass,uid eq
"""
ROOT = "dn: dc=test\nobjectClass: dcObject\nobjectClass: organization\ndc: test\no: test\n\n"
PERSON = "dn: uid=u{0},dc=test\nobjectClass: inetOrgPerson\nuid: u{0}\ncn: Person {0}\nsn: Name{0}\n\n"


def exercise(scene):
    """Entries are added, searched by many at once, changed by many at once, and read back."""
    scene.write("slapd.conf", CONFIGURATION.replace("{dir}", str(scene.dir)))
    (scene.dir / "data").mkdir()
    url = f"ldap://127.0.0.1:{scene.port}"
    server = scene.start(f"/usr/sbin/slapd -f {scene.dir}/slapd.conf -h {url} -d 0")
    login = f"-x -H {url} -D cn=admin,dc=test -w secret"
    entries = ROOT + "".join(PERSON.format(i) for i in range(300))
    scene.same("add 300", scene.client(f"ldapadd {login}", entries))
    search = f"ldapsearch -LLL {login} -b dc=test"
    scene.same("32 searches at once", scene.crowd(32, lambda i: scene.client(f"{search} uid=u{i}")))
    changes = "dn: uid=u{0},dc=test\nchangetype: modify\nreplace: sn\nsn: Changed{0}\n\n"
    scene.same("16 changes at once",
               scene.crowd(16, lambda i: scene.client(f"ldapmodify {login}", changes.format(i))))
    scene.same("everything", scene.client(search))
    scene.stop(server)
    scene.same("offline", scene.digest(scene.client(f"/usr/sbin/slapcat -f {scene.dir}/slapd.conf -a uid=u1*")
                                       .split("structural")[0].encode()))
