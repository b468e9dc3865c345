"""gdb: `source scripts/gdb_fibers.py`, then `fibers` lists the fibers of a process or core with their stacks."""

import gdb

FRAME_RIP, FRAME_RBP, FRAME_END = 0x38, 0x30, 0x40  # Boost.Context's saved registers, x86-64 System V


def live_fibers():
    """Yields every live unblock::Fiber."""
    used = int(gdb.parse_and_eval("'unblock::fibers::(anonymous namespace)::used'")["_M_i"])
    chunks = gdb.parse_and_eval("'unblock::fibers::(anonymous namespace)::chunks'")
    fiber_pointer = gdb.lookup_type("unblock::Fiber").pointer()
    for slot in range(used):
        chunk = chunks[slot // 64]["_M_b"]["_M_p"].cast(fiber_pointer)
        fiber = (chunk + slot % 64).dereference()
        if fiber["live"]["_M_base"]["_M_i"]:
            yield fiber


def show_stack(fiber, depth):
    """Prints the stack of a fiber that is not running, by lending its registers to the current thread."""
    stack = int(fiber["context"]["stack"])
    word = lambda offset: int(gdb.parse_and_eval(f"*(unsigned long*){stack + offset}"))
    names = ("rip", "rsp", "rbp", "rbx", "r12", "r13", "r14", "r15")
    saved = {name: int(gdb.parse_and_eval(f"(unsigned long)${name}")) for name in names}
    values = dict(rip=word(FRAME_RIP), rsp=stack + FRAME_END, rbp=word(FRAME_RBP), rbx=word(0x28),
                  r12=word(0x8), r13=word(0x10), r14=word(0x18), r15=word(0x20))
    try:
        for name, value in values.items():
            gdb.execute(f"set ${name} = {value}")
        gdb.execute(f"backtrace {depth}")
    finally:
        for name, value in saved.items():
            gdb.execute(f"set ${name} = {value}")


class Fibers(gdb.Command):
    """fibers [DEPTH]: every fiber with its state, and the stacks of those that wait."""

    def __init__(self):
        super().__init__("fibers", gdb.COMMAND_STACK)

    def invoke(self, argument, from_tty):
        depth = int(argument or 20)
        for fiber in live_fibers():
            running = bool(fiber["on_carrier"]["_M_base"]["_M_i"])
            state = "running" if running else "waiting" if int(fiber["wait"]["_M_i"]) else "ready"
            print(f"fiber {int(fiber['tid'])} {state} attention {int(fiber['signals']['attention']['_M_i'])}")
            if not running:
                show_stack(fiber, depth)


Fibers()
