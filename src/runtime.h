// Activation: from a native program to one whose threads are fibers.
#pragma once

#include "fiber.h"

namespace unblock::runtime {

/// What must happen while the library is preloaded: options, and the gate, so that the first thread's creation
/// reaches us. Nothing else changes: a program without threads stays native. False if fibers are impossible
/// here; one line on stderr has said why.
[[nodiscard]] bool prepare() noexcept;

/// Turns the calling flow, the only one of the process, into the first fiber, if prepare() was called: a
/// program that links the library asks for it itself. All or nothing: null, with one line on stderr, if it
/// cannot be; the program goes on natively.
[[nodiscard]] Fiber* activate() noexcept;

/// The same by a program's own wish, without a word on stderr. Null, or why not: static text.
[[nodiscard]] const char* start() noexcept;

/// Whether prepare() has made the first thread's creation activate it.
[[nodiscard]] bool preloaded() noexcept;

/// Undoes it, in the main fiber, the only one there is: a native program again, but for the rewritten text.
void stop(Fiber& main) noexcept;

/// Waits in `main` until all other fibers have ended. 0, or a restart code, past_limit.
[[nodiscard]] long wait_for_others(Fiber& main) noexcept;
/// A fiber has ended. From any carrier.
void fiber_ended() noexcept;

/// In a fork's child, whose only flow is `fiber`: back to before activation.
void forget(Fiber& fiber) noexcept;

/// Objects were loaded since the last look: their sites are rewritten, too.
void cover_new_objects() noexcept;
[[nodiscard]] bool sites_rewritten() noexcept;

/// The table of --stats, if it is wanted and was not printed yet.
void print_stats() noexcept;

/// exit_group(2).
[[noreturn]] void exit_process(int status) noexcept;

/// PR_SET_NAME of the process' first kernel thread. 0 or an error.
long name_process(const char* name) noexcept;

}  // namespace unblock::runtime
