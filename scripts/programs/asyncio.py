"""uvicorn: asyncio, with what its loop has beyond sockets: threads, subprocesses, names, signals."""

APPLICATION = '''
import asyncio, hashlib, os, signal, socket, tempfile, time

async def body_of(receive):
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return body

async def in_threads():
    slept = [asyncio.to_thread(time.sleep, 0.2) for _ in range(16)]
    await asyncio.gather(*slept)
    return b"slept %d times" % len(slept)

async def in_processes():
    async def run(number):
        child = await asyncio.create_subprocess_shell("read x; sleep 0.1; echo $x$x; exit 3",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
        out, _ = await child.communicate(b"%d\\n" % number)
        return b"%s %d" % (out.strip(), child.returncode)
    return b", ".join(await asyncio.gather(*map(run, range(8))))

async def name():
    found = await asyncio.get_running_loop().getaddrinfo("localhost", 80, family=socket.AF_INET)
    return found[0][4][0].encode()

async def by_signal():
    came = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, came.set)
    os.kill(os.getpid(), signal.SIGUSR1)
    await asyncio.wait_for(came.wait(), 5)
    return b"it came"

async def by_unix_socket():
    async def upper(reader, writer):
        writer.write((await reader.readline()).upper())
        writer.close()
    with tempfile.TemporaryDirectory() as directory:
        async with await asyncio.start_unix_server(upper, directory + "/socket"):
            reader, writer = await asyncio.open_unix_connection(directory + "/socket")
            writer.write(b"words\\n")
            answer = await reader.read()
            writer.close()
            return answer.strip()

async def too_late():
    try:
        await asyncio.wait_for(asyncio.sleep(5), 0.1)
    except asyncio.TimeoutError:
        return b"too late"

ANSWERS = {"/threads": in_threads, "/processes": in_processes, "/name": name, "/signal": by_signal,
           "/unix": by_unix_socket, "/timeout": too_late}

async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    path, body = scope["path"], b"hello"
    if path in ANSWERS:
        body = await ANSWERS[path]()
    elif path == "/slow":
        await asyncio.sleep(0.3)
    elif path == "/big":
        body = b"0123456789abcdef" * 65536
    elif path == "/post":
        body = hashlib.sha256(await body_of(receive)).hexdigest().encode()
    await send({"type": "http.response.start", "status": 200,
                "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})
'''


def exercise(scene):
    """The requests that gunicorn's application gets, and each of asyncio's means."""
    from programs.gunicorn import visit
    scene.write("app.py", APPLICATION)
    server = scene.start(f"uvicorn --host 127.0.0.1 --port {scene.port} --log-level warning app:app")
    visit(scene)
    for path in ("threads", "processes", "name", "signal", "unix", "timeout"):
        scene.same(path, scene.request("/" + path))
    scene.check("threads and slow ones together", scene.crowd(6, lambda i: scene.request("/threads")),
                [(200, b"slept 16 times")] * 6)
    scene.stop(server)
