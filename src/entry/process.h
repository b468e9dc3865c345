// Children: fork, vfork and what else clone makes that is not a thread.
#pragma once

#include <atomic>

#include "entry/frame.h"
#include "fibers/fiber.h"

namespace unblock::process {

namespace detail {
extern std::atomic<int> children_in_our_memory;
}

/// Decides on a call of the clone family. A thread is a fiber's birth, and the first one activates us.
/// Everything else the kernel does, with the registers and stack it came with; after_clone() follows in the
/// parent and in the child.
[[nodiscard]] Verdict clone(Frame& frame);

/// The same for a call of a thread that is no fiber, beside fibers.
[[nodiscard]] Verdict clone_outside(Frame& frame);

/// After the kernel's return; frame.rax is 0 in the child. A child of fork has one fiber, the caller, and
/// starts out as a program that has not made a thread yet. One of vfork runs in our memory until it executes
/// a program: all it calls is native, and the parent undoes nothing but its own marks.
void after_clone(Frame& frame);

/// What a child of vfork does with futex(2): whom it wakes may be a fiber. All else is the kernel's.
[[nodiscard]] Verdict futex_in_child(Fiber& fiber, Frame& frame) noexcept;

/// For a child of vfork that has woken fibers: they are in an inbox, and the loop's eventfd may be closed in
/// the child's table, so idle carriers are interrupted besides. Their process is the child's parent.
void interrupt_idle_carriers() noexcept;

/// Whether a child of vfork runs in our memory now: it sleeps on our locks in the kernel. Any kernel thread.
[[nodiscard]] inline bool child_in_our_memory() noexcept {
  return detail::children_in_our_memory.load() != 0;
}

/// rt_sigaction(2) from anywhere: a rewritten site's trap needs SIGILL even where nothing else is ours.
long rt_sigaction(Fiber* fiber, const Frame& frame);

}  // namespace unblock::process
