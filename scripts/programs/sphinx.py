"""Sphinx: searchd with a thread per connection, an index that is written while it is searched."""

SETTINGS = """index ours {{
  type = rt
  path = {dir}/ours
  rt_field = title
  rt_attr_uint = number
}}
searchd {{
  listen = 127.0.0.1:{port}:mysql41
  workers = threads
  pid_file = {dir}/pid
  log = {dir}/searchd.txt
  query_log = {dir}/queries.txt
  binlog_path = {dir}
}}
"""
CLIENTS = 12
ROW = "INSERT INTO ours(id,title,number) VALUES ({id}, 'word{word} name{client} common', {number});\n"
QUESTION = "SELECT id,number FROM ours WHERE MATCH('word{word} name{name}') ORDER BY id ASC LIMIT 200;\n"


def exercise(scene):
    """Rows by many at once, questions by many at once, the same after a restart; the end."""
    scene.write("sphinx.conf", SETTINGS.format(dir=scene.dir, port=scene.port))
    sql = f"mysql -h 127.0.0.1 -P {scene.port} -B"

    def fill(i):
        return scene.client(sql, "".join(ROW.format(id=i * 1000 + k + 1, word=k % 7, client=i, number=k)
                                         for k in range(100)))

    def ask(i):
        return scene.client(sql, "".join(QUESTION.format(word=(k + i) % 7, name=k % CLIENTS) for k in range(60)))
    server = scene.start(f"searchd --nodetach -c {scene.dir}/sphinx.conf")
    scene.same(f"filled by {CLIENTS} clients", scene.crowd(CLIENTS, fill))
    scene.same(f"asked by {CLIENTS} clients", scene.crowd(CLIENTS, ask))
    scene.same("made one", scene.client(sql, "OPTIMIZE INDEX ours;\nSELECT COUNT(*) FROM ours;\n"))
    scene.stop(server)
    server = scene.start(f"searchd --nodetach -c {scene.dir}/sphinx.conf")
    scene.same("asked after a restart", scene.crowd(CLIENTS, ask))
    scene.stop(server)
