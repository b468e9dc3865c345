#!/usr/bin/python3
"""A crawler: fetches a page of 127.0.0.1 so many times, so many at once, and prints what that took.
usage: crawl.py threads|gevent|eventlet|asyncio PORT PAGES AT_ONCE"""

import asyncio
import socket
import statistics
import sys
import time

REQUEST = b"GET /page.txt HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
WAY, PORT, PAGES, AT_ONCE = sys.argv[1], *map(int, sys.argv[2:])
WHERE = ("127.0.0.1", PORT)


def check(answer):
    """Raises ValueError if it is not a page."""
    head, _, body = answer.partition(b"\r\n\r\n")
    if b" 200 " not in head or f"Content-Length: {len(body)}".encode() not in head:
        raise ValueError(f"no page: {answer[:80]!r}")


def fetch(_):
    """Fetches the page by blocking calls; returns the seconds it took."""
    begin = time.monotonic()
    with socket.create_connection(WHERE) as connection:
        connection.sendall(REQUEST)
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
    check(b"".join(parts))
    return time.monotonic() - begin


async def fetch_async():
    """The same with asyncio's streams."""
    begin = time.monotonic()
    reader, writer = await asyncio.open_connection(*WHERE)
    writer.write(REQUEST)
    check(await reader.read())
    writer.close()
    return time.monotonic() - begin


async def crawl_async():
    """All pages by tasks."""
    left = iter(range(PAGES))

    async def work():
        return [await fetch_async() for _ in left]
    return [took for times in await asyncio.gather(*(work() for _ in range(AT_ONCE))) for took in times]


def crawl():
    """All pages; how long each took."""
    if WAY == "asyncio":
        return asyncio.run(crawl_async())
    if WAY == "gevent":
        from gevent import pool
        return list(pool.Pool(AT_ONCE).imap_unordered(fetch, range(PAGES)))
    if WAY == "eventlet":
        import eventlet
        return list(eventlet.GreenPool(AT_ONCE).imap(fetch, range(PAGES)))
    from concurrent.futures import ThreadPoolExecutor
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(fetch, range(PAGES)))


def main():
    """Crawls."""
    if WAY == "gevent":
        from gevent import monkey
        monkey.patch_all()
    elif WAY == "eventlet":
        import eventlet
        eventlet.monkey_patch()
    begin, spent = time.monotonic(), time.process_time()
    times = crawl()
    percentiles = statistics.quantiles(times, n=100)
    print(f"requests={len(times)} seconds={time.monotonic() - begin:.4f} errors={PAGES - len(times)} "
          f"p50_us={percentiles[49] * 1e6:.1f} p99_us={percentiles[98] * 1e6:.1f} "
          f"cpu_s={time.process_time() - spent:.4f}")


main()
