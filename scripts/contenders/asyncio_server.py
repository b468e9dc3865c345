#!/usr/bin/python3
"""asyncio's streams: a task per connection. Usage as the others': see contender.h."""

import asyncio
import sys

from conversation import HTTP_ANSWER


async def serve_http(reader, writer):
    """Answers every head with the page."""
    while True:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(HTTP_ANSWER)
        await writer.drain()


async def serve_echo(reader, writer):
    """Sends back what comes."""
    while data := await reader.read(256):
        writer.write(data)
        await writer.drain()


async def serve_sleep(reader, writer):
    """The same after 5 ms."""
    while data := await reader.read(256):
        await asyncio.sleep(0.005)
        writer.write(data)
        await writer.drain()


async def main():
    """Serves until killed."""
    serve = {"echo": serve_echo, "http": serve_http, "sleep": serve_sleep}[sys.argv[2]]

    async def converse(reader, writer):
        try:
            await serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client has gone
        finally:
            writer.close()
    server = await asyncio.start_server(converse, "127.0.0.1", int(sys.argv[1]), backlog=4096)
    await server.serve_forever()


asyncio.run(main())
