// The hooks on calls about files, and on what the kernel may answer at once. Their declarations are left out:
// some take a variable number of arguments, which are passed like any others. A hook only routes.
#include <asm/ioctls.h>
#include <linux/fcntl.h>
#include <sys/syscall.h>

#include "calls/handlers.h"
#include "descriptors/descriptor_table.h"
#include "entry/in_place.h"
#include "hooks.h"
#include "kernel.h"
#include "next.h"
#include "serve.h"
#include "symbols.h"
#include "waits/own_thread.h"

using namespace unblock;

namespace unblock::real {

UNBLOCK_FILE_HOOKS(UNBLOCK_NEXT)
UNBLOCK_PASSING_HOOKS(UNBLOCK_NEXT)
UNBLOCK_BESIDE_HOOKS(UNBLOCK_NEXT)

}  // namespace unblock::real

void hooks::look_up_next_of_files() noexcept {
  UNBLOCK_FILE_HOOKS(UNBLOCK_LOOK_UP)
  UNBLOCK_PASSING_HOOKS(UNBLOCK_LOOK_UP)
  UNBLOCK_BESIDE_HOOKS(UNBLOCK_LOOK_UP)
}

bool hooks::files_interposed(const dl_find_object& libc) noexcept {
  UNBLOCK_FILE_HOOKS(UNBLOCK_COMPARE)
  UNBLOCK_PASSING_HOOKS(UNBLOCK_COMPARE)
  UNBLOCK_BESIDE_HOOKS(UNBLOCK_COMPARE)
  return false;
}

namespace {

// A cancellation of the fiber would have it end here.
bool never_waits(const Fiber& fiber, int fd) noexcept {
  return descriptors::never_waits(fd) && !fiber.cancelled.load(std::memory_order_relaxed);
}

// An error of a call that passed, with the signal that it may have left.
[[gnu::noinline]] long failed(Fiber& fiber, long error) {
  return hooks::serve(fiber, [=](Fiber& served) {
    signals::collect_signal_of(served, error);
    return error;
  });
}

}  // namespace

#define UNBLOCK_HOOK(result, name, parameters, arguments, server, call) \
  UNBLOCK_SERVED(result, name, parameters, server, call)                \
  result hook_on_##name parameters {                                    \
    if (hooks::fiber_to_serve()) [[likely]]                             \
      return served_##name arguments;                                   \
    return real::name arguments;                                        \
  }

#define UNBLOCK_PASSING_HOOK(result, name, parameters, arguments, server, passes)                     \
  UNBLOCK_SERVED(result, name, parameters, server, calls::name(fiber, UNBLOCK_WORDS arguments))       \
  result hook_on_##name parameters {                                                                  \
    Fiber* served = hooks::fiber_to_serve();                                                          \
    if (!served) [[unlikely]]                                                                         \
      return real::name arguments;                                                                    \
    Fiber& fiber = *served;                                                                           \
    if (!(passes)) return served_##name arguments;                                                    \
    const long answer = kernel::call(SYS_##name, UNBLOCK_WORDS arguments);                            \
    return static_cast<result>(kernel::failed(answer) ? failed(fiber, answer) : answer);              \
  }

// By itself, for the registers it saves.
#define UNBLOCK_BESIDE_HOOK(result, name, parameters, arguments)                                          \
  UNBLOCK_SERVED(result, name, parameters, serve_cancellable, calls::name(fiber, UNBLOCK_WORDS arguments)) \
  [[gnu::noinline]] static result beside_##name parameters {                                              \
    Fiber& fiber = *self();                                                                               \
    if (!never_waits(fiber, fd)) return served_##name arguments;                                          \
    const long answer = kernel::call(SYS_##name, UNBLOCK_WORDS arguments);                                \
    return static_cast<result>(kernel::failed(answer) ? failed(fiber, answer) : answer);                  \
  }                                                                                                       \
  result hook_on_##name parameters {                                                                      \
    const Fiber* fiber = hooks::fiber_to_serve();                                                         \
    if (!fiber) return real::name arguments;                                                              \
    return own_thread::runs_beside(*fiber) ? beside_##name arguments : served_##name arguments;           \
  }

UNBLOCK_FILE_HOOKS(UNBLOCK_HOOK)
UNBLOCK_PASSING_HOOKS(UNBLOCK_PASSING_HOOK)
UNBLOCK_BESIDE_HOOKS(UNBLOCK_BESIDE_HOOK)
