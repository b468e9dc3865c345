"""RocksDB: threads that read and write, and those that flush and compact behind them."""
import re

BENCH = ("db_bench --db={dir}/database --num=4000 --threads=8 --seed=1 --max_background_jobs=4 "
         "--write_buffer_size=1000000 --compression_type=none ")


def exercise(scene):
    """Written while it is read, compacted, its checksums; then found again, and consistent."""
    bench = BENCH.format(dir=scene.dir)
    done = scene.run(bench + "--benchmarks=fillrandom,readwhilewriting,readrandomwriterandom,compact,verifychecksum")
    scene.same("written and compacted", re.findall(r"^\w+(?= +: )|\[status.*", done, re.M))
    found = scene.run(bench + "--use_existing_db=1 --benchmarks=readseq,readrandom,multireadrandom --reads=2000")
    scene.same("read", re.findall(r"^\w+(?= +: )|\[status.*", found, re.M))
    scene.same("consistent", scene.run(f"ldb --db={scene.dir}/database checkconsistency"))
    said = scene.run(f"sst_dump --file={scene.dir}/database --command=verify")
    scene.same("verified", re.findall(r"[Cc]orrupt.*|\[status.*", said))
