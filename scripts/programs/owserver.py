"""owserver: sensors of the 1-wire bus, here made-up ones, for clients with a thread each."""


def exercise(scene):
    """What sensors there are, what many clients read of them at once, the end."""
    server = scene.start(f"owserver --foreground --fake=DS18B20,DS2408,DS1921 -p 127.0.0.1:{scene.port}")

    def ask(command, path):
        return scene.client(f"{command} -s 127.0.0.1:{scene.port} {path}")

    scene.check("sensors", scene.until(lambda: ask("owdir", "/").count("/") > 3))
    sensors = [name for name in ask("owdir", "/").split() if name[1:2].isdigit()]
    kinds = scene.crowd(24, lambda i: sorted(ask("owread", f"{name}/type") for name in sensors))
    scene.same("their kinds, read by 24", kinds)
    scene.stop(server, timeout=60)
