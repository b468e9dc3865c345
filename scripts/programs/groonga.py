"""Groonga: a full-text search engine, its HTTP requests answered by a pool of threads."""
import json
from urllib.parse import quote

SCHEMA = ("table_create Site TABLE_HASH_KEY ShortText", "column_create Site title COLUMN_SCALAR ShortText",
          "table_create Terms TABLE_PAT_KEY ShortText --default_tokenizer TokenBigram "
          "--normalizer NormalizerAuto",
          "column_create Terms title COLUMN_INDEX|WITH_POSITION Site title")


def command(scene, text):
    """The body of a command's answer, as it is by HTTP."""
    name, *words = text.split()
    if name == "table_create":
        arguments = {"name": words[0], "flags": words[1], "key_type": words[2]}
        arguments.update(zip((word[2:] for word in words[3::2]), words[4::2]))
    elif name == "column_create":
        arguments = dict(zip(("table", "name", "flags", "type", "source"), words))
    else:
        arguments = dict(word.split("=", 1) for word in words)
    query = "&".join(f"{key}={quote(value)}" for key, value in arguments.items())
    return json.loads(scene.request(f"/d/{name}?{query}")[1])[1]


def exercise(scene):
    """A table, rows by many at once, searches by many at once, the end."""
    log = f"--log-path {scene.dir}/engine.log --query-log-path {scene.dir}/query.log"
    server = scene.start(f"groonga -s --protocol http --bind-address 127.0.0.1 --port {scene.port} "
                         f"--max-threads 8 {log} -n {scene.dir}/database")
    for line in SCHEMA:
        scene.same(line.split()[1] + "." + line.split()[2][:8], command(scene, line))

    def load(number):
        rows = [{"_key": f"{number}-{i}", "title": f"page {i} about word{number} and other things"}
                for i in range(50)]
        answer = scene.request("/d/load?table=Site", json.dumps(rows).encode(), "application/json")[1]
        return json.loads(answer)[1]
    scene.check("20 times 50 rows", scene.crowd(20, load), [50] * 20)

    def search(number):
        found = json.loads(scene.request(f"/d/select?table=Site&match_columns=title&query=word{number % 20}"
                                         "&limit=100&sort_keys=_key&output_columns=_key")[1])[1][0]
        keys = sorted(f"{number % 20}-{i}" for i in range(50))
        return found[0][0], sorted(row[0] for row in found[2:]) == keys
    scene.check("100 searches", scene.crowd(100, search), [(50, True)] * 100)
    everything = "select table=Site match_columns=title query=things limit=0"
    scene.same("a search of all", command(scene, everything))
    scene.stop(server)
