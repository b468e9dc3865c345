// Activation: from a native program to one whose threads are fibers.
#pragma once

#include "fibers/fiber.h"
#include "lock.h"
#include "patch/patch.h"

namespace unblock::runtime {

/// What must happen while the library is preloaded: options, and the gate, so that the first thread's
/// creation reaches us. Nothing else changes: a program without threads stays native. False if fibers are
/// impossible here; one line on stderr has said why.
[[nodiscard]] bool prepare() noexcept;

/// For a process that has one thread yet, and may start beside others later: what the kernel does at once now
/// and would have all CPUs schedule for then, ten milliseconds each time. See membarrier(2), and RCU in the
/// kernel.
void foresee() noexcept;

/// Turns the calling flow, the only one of the process, into the first fiber, if prepare() was called: a
/// program that links the library asks for it itself. All or nothing: null, with one line on stderr, if it
/// cannot be; the program goes on natively.
[[nodiscard]] Fiber* activate() noexcept;

/// The same by a program's own wish, without a word on stderr; threads that `others` says there are stay what
/// they are. Null, or why not: static text.
[[nodiscard]] const char* start(patch::Others others) noexcept;

/// Makes the calling thread a fiber, too, where another has started it beside others. Null, or why not.
[[nodiscard]] const char* join() noexcept;

/// Whether it was started beside other threads, so that these may join.
[[nodiscard]] bool beside_others() noexcept;

/// Has threads from now on that are no fibers, wherever it was started. False if it never stops, so that
/// nobody waits for threads that do not end: they may be fibers. In a fiber.
[[nodiscard]] bool admit_outsiders() noexcept;

/// Undoes that, in the last fiber of its group, while there are others.
void leave(Fiber& founder) noexcept;

/// Held by who starts or stops: one thread at a time.
extern Lock changing;

/// Whether it is active: there are fibers, or were and may be again.
[[nodiscard]] bool active() noexcept;

/// Whether prepare() has made the first thread's creation activate it.
[[nodiscard]] bool preloaded() noexcept;

/// Undoes it all, in the only fiber there is: a native program again, but for the rewritten text.
void stop(Fiber& founder) noexcept;

/// In a fork's child, whose only flow is `survivor`, or null for one that is no fiber: back to before
/// activation.
void forget(Fiber* survivor) noexcept;

/// Objects were loaded since the last look: their sites are rewritten, too.
void cover_new_objects() noexcept;
[[nodiscard]] bool sites_rewritten() noexcept;

/// The table of --stats, if it is wanted and was not printed yet.
void print_stats() noexcept;

/// exit_group(2).
[[noreturn]] void exit_process(int status) noexcept;

/// PR_SET_NAME of the kernel thread that a founder was. 0 or an error.
long name_thread(pid_t tid, const char* name) noexcept;

}  // namespace unblock::runtime
