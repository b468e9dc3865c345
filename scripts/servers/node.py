"""Node.js: libuv's loop, with the threads of V8 and of libuv's pool beside it."""
from comparison import clients, load
from comparison.server import Server

ORDER = 24
SERVER = Server(
    name="node",
    about="Node.js; 64 connections, 1 KiB page read by libuv's pool, keep-alive",
    packages=("nodejs",),
    command="node {dir}/app.js",
    load=load.Wrk(connections=64),
    exchange=clients.http,
    files={"app.js": """
const http = require("http"), fs = require("fs");
const server = http.createServer((request, response) => fs.readFile("{wwwroot}" + request.url, (error, page) => {
  response.writeHead(200, { "Content-Length": page.length });
  response.end(page);
}));
server.keepAliveTimeout = 60000;
server.listen({port}, "127.0.0.1");
"""},
    has_loop=True,
)
