// The runtime's edge: where a fiber's system call enters it, and signals are handled on the way out.
#pragma once

#include <cerrno>

#include "fibers/fiber.h"
#include "signals/signals.h"
#include "waits/waiting.h"

namespace unblock::edge {

/// Whether a call of the running flow is ours to answer. Else it goes to the kernel as it is.
[[nodiscard]] [[gnu::always_inline]] inline Fiber* fiber_to_serve() noexcept {
  Fiber* fiber = self();
  if (!fiber || fiber->in_runtime) return nullptr;
  // A load of both at once would wait until a store to one of them, just made, has left for the cache.
  asm volatile("");
  return fiber->native_only ? nullptr : fiber;
}

namespace detail {

/// Handles pending signals after a call that gave `result`, and leaves the runtime, unless the call is to be
/// made again: then true. Else `result` is what the program gets.
[[nodiscard]] bool settle(Fiber& fiber, long& result, const Frame* frame);

[[nodiscard]] constexpr bool is_restart_code(long result) noexcept {
  return result == waiting::restart_if_asked || result == waiting::restart_unhandled ||
         result == waiting::past_limit;
}

inline void leave_runtime(Fiber& fiber) noexcept {
  asm volatile("" ::: "memory");  // a handler on this very kernel thread must see it last
  --fiber.in_runtime;
}

// After a restart code the fiber is in the runtime still: settle() would not know of a handler that ran in
// between, and the call that it has ended would go on.
template <class Call>
[[gnu::always_inline]] inline long make(Fiber& fiber, const Call& call) {
  InRuntime inside(fiber);
  const long result = call(fiber);
  if (is_restart_code(result)) [[unlikely]]
    ++fiber.in_runtime;
  return result;
}

[[nodiscard]] inline bool is_plain(const Fiber& fiber, long result) noexcept {
  return !fiber.signals.attention.load(std::memory_order_relaxed) && !is_restart_code(result);
}

// By itself, and with a call of its own: what most calls do without takes no registers of theirs.
template <class Call>
[[gnu::noinline, gnu::cold]] long finish(Fiber& fiber, const Frame* frame, long result, const Call& call) {
  while (settle(fiber, result, frame)) {
    result = call(fiber);
    if (is_restart_code(result)) continue;
    leave_runtime(fiber);
    if (is_plain(fiber, result)) break;
  }
  return result;
}

}  // namespace detail

/// Makes `call(fiber)`, which answers as the kernel does or with a restart code, in the runtime; then lets
/// the fiber's signal handlers run. Returns what the program gets. Not noexcept: a handler may cancel the
/// thread, and its stack is unwound through here, without destructors.
template <class Call>
long serve(Fiber& fiber, const Frame* frame, const Call& call) {
  const long result = detail::make(fiber, call);
  if (detail::is_plain(fiber, result)) [[likely]]
    return result;
  return detail::finish(fiber, frame, result, call);
}

}  // namespace unblock::edge
