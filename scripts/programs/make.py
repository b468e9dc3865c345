"""make -j: a jobserver's pipe, and many children at once."""

MAKEFILE = """objects = $(foreach n,$(shell seq 24),o$(n).o)
program: $(objects) main.o
\t$(CC) -o $@ $^
o%.o: ; @echo 'int f$*(void) { return $*; }' > o$*.c && $(CC) -c -o $@ o$*.c
inner: ; @$(MAKE) --no-print-directory -f inner.mk
fails: ; @false
"""
MAIN = "".join(f"int f{i}(void);\n" for i in range(1, 25)) + "#include <stdio.h>\nint main(void) {\n" \
    'return !printf("%d\\n", ' + " + ".join(f"f{i}()" for i in range(1, 25)) + "); }\n"
INNER = "all: $(foreach n,$(shell seq 20),j$(n))\nj%: ; @sleep 0.05; touch $@\n"


def exercise(scene):
    """A program is built, recursive makes share the jobs, a failure is one."""
    scene.write("Makefile", MAKEFILE)
    scene.write("main.c", MAIN)
    scene.write("inner.mk", INNER)
    scene.check("build", scene.run("make -s -j8", timeout=120), "[status 0]")
    scene.check("what was built", scene.client("./program"), "300\n[status 0]")
    scene.check("a recursive make", scene.run("make -s -j8 inner"), "[status 0]")
    scene.check("its targets", len(list(scene.dir.glob("j*"))), 20)
    scene.same("a target that fails", scene.run("make -s -j8 fails"))
