// What hooks have in common: whether the caller is a fiber to serve, and libc's edge.
#pragma once

#include <cerrno>
#include <pthread.h>

#include "entry/edge.h"
#include "fences.h"
#include "hooks.h"
#include "kernel.h"

namespace unblock::hooks {

namespace detail {
extern constinit bool open;
}

/// The calling fiber if this door is open, and its call ours to answer.
[[nodiscard]] inline Fiber* fiber_to_serve() noexcept {
  Fiber* fiber = edge::fiber_to_serve();
  return fiber && detail::open ? fiber : nullptr;
}

/// A kernel's answer as libc gives it. The edge of the C library: the one place where errno is written.
inline long to_errno(long result) noexcept {
  if (!kernel::failed(result)) [[likely]]
    return result;
  errno = static_cast<int>(-result);
  return -1;
}

/// Answers by `call(fiber)`, as libc does.
template <class Call>
long serve(Fiber& fiber, const Call& call) {
  return to_errno(edge::serve(fiber, nullptr, call));
}

namespace detail {

template <class Call>
long answer_marked(Fiber& fiber, const Call& call) {
  const long result = edge::serve(fiber, nullptr, call);
  fiber.cancellable.store(false, std::memory_order_relaxed);
  return result;
}

// By itself, for the registers that it takes to come back from there.
template <class Call>
[[gnu::noinline, gnu::cold]] long answer_cancelled(Fiber& fiber, const Call& call) {
  pthread_testcancel();
  return answer_marked(fiber, call);
}

}  // namespace detail

/// The same for a cancellation point, but as the kernel does.
template <class Call>
long answer_cancellable(Fiber& fiber, const Call& call) {
  // First the mark that a cancellation may wake the fiber, then the look whether there was one.
  // The canceller has the other order, and the barrier for both.
  fiber.cancellable.store(!cancellation_disabled, std::memory_order_relaxed);
  fiber.cut_short = false;
  fences::light();
  if (fiber.cancelled.load(std::memory_order_relaxed)) [[unlikely]]
    return detail::answer_cancelled(fiber, call);
  return detail::answer_marked(fiber, call);
}

/// As libc does.
template <class Call>
long serve_cancellable(Fiber& fiber, const Call& call) {
  return to_errno(answer_cancellable(fiber, call));
}

}  // namespace unblock::hooks

#define UNBLOCK_WORDS(...) __VA_ARGS__
// The fiber's part of a hook whose name's declaration is left out, and the hook's own declaration. By itself:
// a program without fibers should not pay for the registers it saves.
#define UNBLOCK_SERVED(result, name, parameters, server, call)                              \
  [[gnu::noinline]] static result served_##name parameters {                                \
    return static_cast<result>(hooks::server(*self(), [=](Fiber& fiber) { return call; })); \
  }                                                                                         \
  extern "C" [[gnu::visibility("default")]] result hook_on_##name parameters asm(#name);
