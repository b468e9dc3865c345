"""puma: Ruby's threaded web server, with one process, and with two."""
import os

APPLICATION = '''
require "digest"
run lambda { |env|
  body = "hello"
  case env["PATH_INFO"]
  when "/slow" then sleep 0.3
  when "/big" then body = "0123456789abcdef" * 65536
  when "/post" then body = Digest::SHA256.hexdigest(env["rack.input"].read)
  end
  [200, {"Content-Length" => body.bytesize.to_s, "Content-Type" => "text/plain"}, [body]]
}
'''


def serve(scene, options, name):
    """One puma: its requests, its end."""
    server = scene.start(f"puma {options} -t 8:16 -b tcp://127.0.0.1:{scene.port} {scene.dir}/config.ru")
    right = [(200, b"hello")] * 64
    scene.check(name + ": 64 slow requests", scene.crowd(64, lambda i: scene.request("/slow")), right)
    big = (200, b"0123456789abcdef" * 65536)
    got = scene.crowd(16, lambda i: scene.request("/big"))
    scene.check(name + ": 16 times a megabyte", got == [big] * 16)
    bodies = [os.urandom(100000) for _ in range(16)]
    answers = scene.crowd(16, lambda i: scene.request("/post", bodies[i])[1][:16].decode())
    scene.check(name + ": 16 times 100 kB posted", answers, [scene.digest(body) for body in bodies])
    scene.stop(server)


def exercise(scene):
    """One after the other on the same port."""
    scene.write("config.ru", APPLICATION)
    serve(scene, "", "one process")
    serve(scene, "-w 2", "two workers")
