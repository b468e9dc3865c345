"""gdb: `source scripts/gdb_fibers.py`, then `fibers` lists the fibers of a process or core with their stacks.

Of cores, those that the kernel writes: gdb's own gcore leaves stacks out, as it stops at a mapping's first
guard.
"""

import os

import gdb
import gdb.unwinder

# Where Boost.Context saves registers, from the stack pointer that it keeps; x86-64 System V.
SAVED = dict(r12=0x8, r13=0x10, r14=0x18, r15=0x20, rbx=0x28, rbp=0x30, rip=0x38)
FRAME_END = 0x40
CHUNK_FIBERS = 64
WAITING = {1: "waiting", 3: "waiting"}  # of unblock::Wait; whoever was woken is ready


def live_fibers():
    """Yields every live unblock::Fiber."""
    used = int(gdb.parse_and_eval("'unblock::fibers::detail::used'")["_M_i"])
    chunks = gdb.parse_and_eval("'unblock::fibers::detail::chunks'")
    fiber_pointer = gdb.lookup_type("unblock::Fiber").pointer()
    for slot in range(used):
        chunk = chunks[slot // CHUNK_FIBERS]["_M_b"]["_M_p"].cast(fiber_pointer)
        fiber = (chunk + slot % CHUNK_FIBERS).dereference()
        if fiber["live"]["_M_base"]["_M_i"]:
            yield fiber


class FrameId:
    """What gdb tells a frame by; gdb 14 has a class of that name."""

    def __init__(self, sp, pc):
        self.sp, self.pc = sp, pc


class SuspendedStack(gdb.unwinder.Unwinder):
    """Makes a fiber that does not run the caller of the selected kernel thread's newest function. So gdb
    walks the fiber's stack, and no register is written: that would harm the process if gdb were killed then,
    and a core allows none."""

    def __init__(self):
        super().__init__("unblock-fiber")
        self.enabled = False

    def attach(self, stack):
        word = gdb.lookup_type("unsigned long").pointer()
        saved = {name: gdb.Value(stack + offset).cast(word) for name, offset in SAVED.items()}
        self.registers = {name: pointer.dereference() for name, pointer in saved.items()}
        self.registers["rsp"] = gdb.Value(stack + FRAME_END)
        self.stack = stack
        self.callee = int(gdb.parse_and_eval("(unsigned long)$rsp"))
        self.enabled = True
        gdb.invalidate_cached_frames()

    def detach(self):
        self.enabled = False
        gdb.invalidate_cached_frames()

    def __call__(self, frame):
        if int(frame.read_register("rsp")) != self.callee:
            return None
        # gdb stops where a caller lies below what it called: the callee is said to lie below this stack.
        unwound = frame.create_unwind_info(FrameId(gdb.Value(self.stack), frame.read_register("rip")))
        for name, value in self.registers.items():
            unwound.add_saved_register(name, value)
        return unwound


class Fibers(gdb.Command):
    """fibers [DEPTH] [runtime]: every fiber with its state and the newest DEPTH functions of its stack, 20
    unless told; those of unblock itself are left out, unless `runtime` is said."""

    def __init__(self):
        super().__init__("fibers", gdb.COMMAND_STACK)
        self.suspended = SuspendedStack()
        gdb.unwinder.register_unwinder(None, self.suspended, replace=True)

    def invoke(self, argument, from_tty):
        words = argument.split()
        self.with_runtime = "runtime" in words
        self.depth = next((int(word) for word in words if word.isdigit()), 20)
        self.thread = gdb.selected_thread()
        try:
            fibers = list(live_fibers())
        except gdb.error as error:
            raise gdb.GdbError(f"no fibers to be seen, or no debugging information of libunblock: {error}")
        if not fibers:
            print("no fibers: the process has made no thread yet")
        for fiber in fibers:
            try:
                self.show(fiber)
            except gdb.error as error:
                print(f"  {error}")

    def show(self, fiber):
        running = bool(fiber["on_carrier"]["_M_base"]["_M_i"])
        state = WAITING.get(int(fiber["wait"]["_M_i"]), "running" if running else "ready")
        kernel_thread = int(fiber["carrier"]["ktid"]["_M_i"]) if running else 0
        where = f" on kernel thread {kernel_thread}" if running else ""
        attention = int(fiber["signals"]["attention"]["_M_i"])
        print(f"fiber {int(fiber['tid'])} {state}{where} attention {attention}")
        if running:
            self.show_running(kernel_thread)
        elif fiber["sibling"] and gdb.parse_and_eval("'unblock::slices::detail::seated'") != fiber.address:
            print("  its stack is put away")
        else:
            self.show_suspended(int(fiber["context"]["stack"]))

    def show_running(self, kernel_thread):
        for thread in gdb.selected_inferior().threads():
            if thread.ptid[1] == kernel_thread:
                thread.switch()
                try:
                    self.print_from(gdb.newest_frame())
                finally:
                    self.thread.switch()

    def show_suspended(self, stack):
        self.suspended.attach(stack)
        try:
            frame = gdb.newest_frame()
            while int(frame.read_register("rsp")) != stack + FRAME_END:
                frame = frame.older()
            self.print_from(frame)
        finally:
            self.suspended.detach()

    def print_from(self, frame):
        while frame and not self.with_runtime and of_runtime(frame):
            frame = frame.older()
        if frame:
            gdb.execute(f"frame apply level {frame.level()}-{frame.level() + self.depth - 1} echo")


def of_runtime(frame):
    """Whether it is a function of unblock's, or the jump into it from a system call."""
    return os.path.basename(gdb.solib_name(frame.pc()) or "").startswith("libunblock")


Fibers()
