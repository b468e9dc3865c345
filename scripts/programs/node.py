"""Node.js: libuv's loop and its pool of threads, V8's threads, workers, children."""

APPLICATION = r'''
const http = require("http"), crypto = require("crypto"), fs = require("fs"), dns = require("dns");
const zlib = require("zlib"), { execFile } = require("child_process"), { Worker } = require("worker_threads");

let files = 0;
const working = "require('worker_threads').parentPort.once('message', n => { let sum = 0; " +
  "for (let i = 0; i < n; ++i) sum += i; require('worker_threads').parentPort.postMessage(sum); })";

const answers = {
  "/slow": done => setTimeout(() => done("hello"), 300),
  "/big": done => done(Buffer.alloc(1 << 20, "0123456789abcdef")),
  "/hash": done => crypto.pbkdf2("secret", "salt", 20000, 32, "sha256",
    (error, key) => done(key.toString("hex"))),
  "/file": done => {
    const name = `file${++files}.txt`;
    fs.writeFile(name, "written", () => fs.readFile(name, (error, data) => done(data)));
  },
  "/name": done => dns.lookup("localhost", 4, (error, address) => done(address)),
  "/zip": done => zlib.gzip(Buffer.alloc(1 << 18, "zip"), (error, packed) =>
    zlib.gunzip(packed, (error, back) => done(String(back.length)))),
  "/child": done => execFile("sh", ["-c", "sleep 0.1; echo a child; exit 4"],
    (error, out) => done(out.trim() + " " + error.code)),
  "/worker": done => {
    const worker = new Worker(working, { eval: true });
    worker.once("message", sum => { worker.terminate().then(() => done(String(sum))); });
    worker.postMessage(100000);
  },
};
http.createServer((request, response) => {
  const finish = body => {
    response.writeHead(200, { "Content-Length": Buffer.byteLength(body) });
    response.end(body);
  };
  if (request.url !== "/post") return answers[request.url](finish);
  const hash = crypto.createHash("sha256");
  request.on("data", part => hash.update(part)).on("end", () => finish(hash.digest("hex")));
}).listen(Number(process.argv[2]), "127.0.0.1");
process.on("SIGTERM", () => { process.exitCode = 5; process.exit(); });
'''


def exercise(scene):
    """The requests that gunicorn's application gets, and each of Node's means, many at once."""
    from programs.gunicorn import visit
    program = scene.write("app.js", APPLICATION)
    server = scene.start(f"node {program} {scene.port}")
    visit(scene)
    for path in ("/hash", "/file", "/name", "/zip", "/child", "/worker"):
        scene.same(path[1:], scene.request(path))
        alone = scene.request(path)
        many = 8 if path == "/worker" else 16
        answers = scene.crowd(many, lambda i: scene.request(path))
        scene.check(f"{many} times {path[1:]}", answers, [alone] * many)
    scene.stop(server)
