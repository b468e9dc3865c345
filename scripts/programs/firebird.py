"""Firebird: a thread per connection, locks that these wait for, a writer in the background, backups by a service."""
import shutil

CLIENTS, ROUNDS = 8, 25
USERS = "/var/lib/firebird/3.0/system/security3.fdb"
OWNER = "CREATE OR ALTER USER SYSDBA PASSWORD 'ours';\nCOMMIT;\n"
LOGIN = "-user SYSDBA -pas ours"
TABLES = """CREATE DATABASE '{where}' USER 'SYSDBA' PASSWORD 'ours' PAGE_SIZE 8192;
CREATE TABLE account (id INTEGER NOT NULL PRIMARY KEY, amount INTEGER NOT NULL);
CREATE TABLE entry (id INTEGER NOT NULL PRIMARY KEY, client INTEGER, text VARCHAR(200));
CREATE SEQUENCE entries;
COMMIT;
"""
# One client at a time writes to the accounts, the others wait for the table's lock.
ROUND = """SET TRANSACTION READ WRITE WAIT READ COMMITTED RESERVING account FOR PROTECTED WRITE;
INSERT INTO entry VALUES (NEXT VALUE FOR entries, {client}, 'round {round} of {client}');
UPDATE account SET amount = amount + 1 WHERE id IN (0, {client});
COMMIT;
"""
SUMS = "SELECT SUM(amount), COUNT(*) FROM account;\nSELECT client, COUNT(*) FROM entry GROUP BY 1 ORDER BY 1;\n"


def exercise(scene):
    """Clients at once with rows of their own and one in common; sums; the database out and in again; the end."""
    users = scene.dir / "users.fdb"
    shutil.copy(USERS, users)
    scene.write("firebird.conf", f"SecurityDatabase = {users}\n")
    with_settings = f"env FIREBIRD={scene.dir} "
    scene.same("its owner", scene.client(f"{with_settings} isql-fb -q -user SYSDBA {users}", OWNER))
    server = scene.start(f"{with_settings} firebird -p {scene.port}")
    host = f"127.0.0.1/{scene.port}:"
    ours, back = f"{host}{scene.dir}/ours.fdb", f"{host}{scene.dir}/back.fdb"
    isql = f"isql-fb -q -b {LOGIN} "
    scene.same("a database", scene.client(isql, TABLES.format(where=ours)))
    accounts = "".join(f"INSERT INTO account VALUES ({i}, 0);\n" for i in range(CLIENTS + 1))
    scene.same("accounts", scene.client(isql + ours, accounts + "COMMIT;\n"))
    scene.same(f"{CLIENTS} clients", scene.crowd(CLIENTS, lambda i: scene.client(
        isql + ours, "COMMIT;\n" + "".join(ROUND.format(client=i + 1, round=r) for r in range(ROUNDS)))))
    scene.same("sums", scene.client(isql + ours, SUMS))
    service = f"gbak -se {host}service_mgr {LOGIN} "
    scene.same("a backup by the server", scene.client(f"{service} -b {scene.dir}/ours.fdb {scene.dir}/ours.fbk"))
    scene.same("brought back", scene.client(f"{service} -c {scene.dir}/ours.fbk {scene.dir}/back.fdb"))
    scene.same("its sums", scene.client(isql + back, SUMS))
    scene.same("validated", scene.client(f"gfix -v -full {LOGIN} {back}"))
    scene.stop(server)
