// The door of the exported symbols.
#pragma once

namespace unblock {

struct Fiber;

namespace hooks {

/// Finds what the hooks hide. To be called before any thread exists: a carrier that needs the dynamic
/// linker's lock for it would wait in the kernel for a fiber that nobody runs.
void look_up_next_symbols() noexcept;

/// From here on the hooks route calls of fibers to their handlers; until then, to libc.
void open_door() noexcept;

/// Makes a fiber that waits in a hooked cancellation point look whether it is cancelled.
void notify_cancellation(Fiber& fiber) noexcept;

}  // namespace hooks
}  // namespace unblock
