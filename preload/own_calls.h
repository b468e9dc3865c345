// What libev and the runtime themselves call of libc goes straight to the kernel: the linker's --wrap sees to
// that (meson.build has the list). Another library that stands before libc is for the program's calls, and
// may need more than our own kernel threads have, such as thread-local variables that libc allocates.
#pragma once

namespace unblock::own_calls {

/// Finds libc's own clock_gettime(2), which needs no system call; until then each needs one. Not thread-safe,
/// and takes the dynamic linker's lock.
void look_up() noexcept;

}  // namespace unblock::own_calls
