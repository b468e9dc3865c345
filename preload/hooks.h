// The door of the exported symbols.
#pragma once

#include <dlfcn.h>

namespace unblock::hooks {

/// Finds what the hooks hide. To be called before any thread exists: a carrier that needs the dynamic
/// linker's lock for it would wait in the kernel for a fiber that nobody runs.
void look_up_next_symbols() noexcept;
void look_up_next_of_files() noexcept;
void look_up_next_of_early() noexcept;
void look_up_next_of_sleep() noexcept;
/// Whether one of those is not of `libc`.
[[nodiscard]] bool files_interposed(const dl_find_object& libc) noexcept;
[[nodiscard]] bool early_interposed(const dl_find_object& libc) noexcept;
[[nodiscard]] bool sleep_interposed(const dl_find_object& libc) noexcept;

/// From here on early_sockets.h is told of what the program does before its first thread.
void watch_early() noexcept;

/// From here on the hooks route calls of fibers to their handlers; until then, to libc.
void open_door() noexcept;

/// What happens when the library is loaded, if it has not yet: the constructor of another library, which ran
/// before ours, makes a thread. The linked library, which does nothing until asked, has no such thing.
[[gnu::weak]] void start_up() noexcept;

/// Whether the calling thread has PTHREAD_CANCEL_DISABLE: kept from before it is a fiber, too.
extern constinit thread_local bool cancellation_disabled;

}  // namespace unblock::hooks
