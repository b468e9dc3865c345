"""MariaDB: a thread per connection, io_uring for its files; sysbench, and transfers between accounts."""
import re

OPTIONS = ("--no-defaults --user=root --datadir={dir}/data --socket={dir}/socket --port={port} "
           "--bind-address=127.0.0.1 --thread-handling=one-thread-per-connection --innodb-use-native-aio=1 "
           "--innodb-buffer-pool-size=32M --innodb-log-file-size=16M --pid-file={dir}/pid")
TABLES = """CREATE DATABASE bank; USE bank;
CREATE TABLE account (id INT PRIMARY KEY, amount INT) ENGINE=InnoDB;
INSERT INTO account SELECT seq, 1000 FROM seq_1_to_20;"""
TRANSFER = """START TRANSACTION; SELECT amount INTO @a FROM account WHERE id={0} FOR UPDATE;
UPDATE account SET amount = amount - {2} WHERE id={0}; UPDATE account SET amount = amount + {2} WHERE id={1};
COMMIT;"""


def transfers(number):
    """Fifty transfers between accounts, in an order that cannot deadlock."""
    pairs = [(1 + (number + i) % 19, 20) for i in range(50)]
    return "USE bank;" + "".join(TRANSFER.format(*pair, 1 + i % 7) for i, pair in enumerate(pairs))


def exercise(scene):
    """Tables, transfers by many at once, sysbench, a check of everything, and a second start."""
    values = {"dir": str(scene.dir), "port": str(scene.port)}
    options = OPTIONS.format(**values)
    scene.client(f"mariadb-install-db {options.replace('--pid-file', '--loose-pid-file')} "
                 "--auth-root-authentication-method=normal --skip-test-db", timeout=120)
    server = scene.start(f"/usr/sbin/mariadbd {options}")
    mysql = f"mariadb --no-defaults -u root -S {scene.dir}/socket -N"
    scene.same("tables", scene.client(mysql, TABLES))
    done = scene.crowd(16, lambda i: scene.client(mysql, transfers(i)))
    scene.check("800 transfers", done, ["[status 0]"] * 16)
    scene.same("accounts", scene.client(mysql, "SELECT * FROM bank.account ORDER BY id;"))
    scene.same("the file system's interface", scene.client(mysql, "SELECT @@innodb_use_native_aio;"))
    bench(scene, mysql)
    scene.stop(server, timeout=60)
    server = scene.start(f"/usr/sbin/mariadbd {options}")
    scene.same("accounts after a restart", scene.client(mysql, "SELECT * FROM bank.account ORDER BY id;"))
    scene.stop(server, timeout=60)


def bench(scene, mysql):
    """sysbench's reads and writes; nothing may be ignored, lost or damaged."""
    scene.client(mysql, "CREATE DATABASE sbtest;")
    sysbench = (f"sysbench oltp_read_write --db-driver=mysql --mysql-socket={scene.dir}/socket "
                "--mysql-user=root --tables=2 --table-size=2000 --threads=16 --events=600 --time=60 "
                "--mysql-ignore-errors=all")
    scene.client(sysbench + " prepare")
    report = scene.client(sysbench + " run", timeout=90)
    scene.check("600 transactions by sysbench", re.findall(r"transactions: +(\d+)", report), ["600"])
    scene.same("its tables", scene.client(mysql, "SELECT COUNT(*) FROM sbtest.sbtest1; "
                                                 "CHECK TABLE sbtest.sbtest1, sbtest.sbtest2 EXTENDED;"))
