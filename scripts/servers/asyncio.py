"""uvicorn: asyncio's loop."""
from comparison import clients, load
from comparison.server import Server

ORDER = 20
SERVER = Server(
    name="asyncio",
    about="uvicorn; 64 connections, 1 KiB page, keep-alive",
    packages=("uvicorn",),
    command="uvicorn --host 127.0.0.1 --port {port} --app-dir {dir} --log-level warning --no-access-log "
            "--timeout-keep-alive 60 app:app",
    load=load.Wrk(connections=64),
    exchange=clients.http,
    files={"app.py": """
PAGE = open("{wwwroot}/page.txt", "rb").read()
async def app(scope, receive, send):
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200,
                    "headers": [(b"content-length", str(len(PAGE)).encode())]})
        await send({"type": "http.response.body", "body": PAGE})
"""},
    has_loop=True,
)
