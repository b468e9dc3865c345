"""Tornado: its loop, over asyncio's."""
from comparison import clients, load
from comparison.server import Server

ORDER = 23
SERVER = Server(
    name="tornado",
    about="tornado.web; 64 connections, 1 KiB page, keep-alive",
    packages=("python3-tornado",),
    command="python3 {dir}/app.py",
    load=load.Wrk(connections=64),
    exchange=clients.http,
    files={"app.py": """
from tornado import ioloop, web
PAGE = open("{wwwroot}/page.txt", "rb").read()
class Page(web.RequestHandler):
    def get(self):
        self.finish(PAGE)
web.Application([("/page.txt", Page)]).listen({port}, "127.0.0.1")
ioloop.IOLoop.current().start()
"""},
    has_loop=True,
)
