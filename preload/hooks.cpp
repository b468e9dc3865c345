// The exported symbols. A hook only routes: on a fiber to our handler, else to the next libc symbol.
#include <dlfcn.h>
#include <gnu/libc-version.h>
#include <netdb.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "calls/arguments.h"
#include "calls/handlers.h"
#include "descriptors/descriptors.h"
#include "entry/edge.h"
#include "entry/native_section.h"
#include "entry/outsiders.h"
#include "hooks.h"
#include "kernel.h"
#include "next.h"
#include "options.h"
#include "own_calls.h"
#include "runtime.h"
#include "serve.h"
#include "siblings/siblings.h"
#include "symbols.h"
#include "undisturbed.h"

// Newer than the oldest libc we run with.
#pragma weak _dl_find_object

namespace unblock::real {

UNBLOCK_CANCELLATION_POINTS(UNBLOCK_NEXT)
UNBLOCK_HOME_CALLS(UNBLOCK_NEXT)
UNBLOCK_UNDIVIDED(UNBLOCK_NEXT)
UNBLOCK_OTHER_HOOKS(UNBLOCK_NEXT)
UNBLOCK_SPECIAL_HOOKS(UNBLOCK_NEXT)

}  // namespace unblock::real

namespace unblock::hooks {

namespace {

// For calls of the resolver: the fiber if they are left to the kernel.
Fiber* unless_wanted(Fiber* fiber) noexcept {
  return options::values().except.has(Facility::Dns) ? fiber : nullptr;
}

// Whether another library, preloaded or the program's, stands between the hooks and libc.
bool interposed() noexcept {
  dl_find_object libc;
  if (!&_dl_find_object || _dl_find_object(reinterpret_cast<void*>(&gnu_get_libc_version), &libc) != 0)
    return false;
  UNBLOCK_CANCELLATION_POINTS(UNBLOCK_COMPARE)
  UNBLOCK_HOME_CALLS(UNBLOCK_COMPARE)
  UNBLOCK_OTHER_HOOKS(UNBLOCK_COMPARE)
  UNBLOCK_SPECIAL_HOOKS(UNBLOCK_COMPARE)
  return files_interposed(libc) || early_interposed(libc) || sleep_interposed(libc);
}

// A call that may return as another fiber than made it, and more than once.
template <class Call>
long serve_at_home(long nr, const calls::Words& arguments, Call&& call) {
  return to_errno(siblings::serve(nr, arguments.words, [&] { return answer_cancellable(*self(), call); }));
}

}  // namespace

constinit thread_local bool cancellation_disabled = false;
constinit bool detail::open = false;

// What is left to the kernel takes the other door, whose routes know; and so does what another library is to
// see first.
void open_door() noexcept {
  const Facilities& left_out = options::values().except;
  detail::open = !left_out.has(Facility::Sockets) && !left_out.has(Facility::Files) &&
                 !left_out.has(Facility::Sleep) && !interposed();
}

void look_up_next_symbols() noexcept {
  own_calls::look_up();
  UNBLOCK_CANCELLATION_POINTS(UNBLOCK_LOOK_UP)
  UNBLOCK_HOME_CALLS(UNBLOCK_LOOK_UP)
  UNBLOCK_UNDIVIDED(UNBLOCK_LOOK_UP)
  UNBLOCK_OTHER_HOOKS(UNBLOCK_LOOK_UP)
  UNBLOCK_SPECIAL_HOOKS(UNBLOCK_LOOK_UP)
  look_up_next_of_files();
  look_up_next_of_early();
  look_up_next_of_sleep();
}

}  // namespace unblock::hooks

using namespace unblock;

#define UNBLOCK_FIRST(...) fiber __VA_OPT__(, ) __VA_ARGS__
// The fiber's part stands by itself: a program without fibers should not pay for the registers it saves.
#define UNBLOCK_HOOK(result, name, parameters, arguments, server)                                    \
  [[gnu::noinline]] static result served_##name parameters {                                         \
    return static_cast<result>(                                                                      \
        hooks::server(*self(), [=](Fiber& fiber) { return calls::name(UNBLOCK_FIRST arguments); })); \
  }                                                                                                  \
  extern "C" [[gnu::visibility("default")]] result name parameters {                                 \
    if (hooks::fiber_to_serve()) [[likely]]                                                          \
      return served_##name arguments;                                                                \
    return real::name arguments;                                                                     \
  }
#define UNBLOCK_CANCELLABLE_HOOK(result, name, parameters, arguments) \
  UNBLOCK_HOOK(result, name, parameters, arguments, serve_cancellable)
#define UNBLOCK_PLAIN_HOOK(result, name, parameters, arguments) \
  UNBLOCK_HOOK(result, name, parameters, arguments, serve)

#define UNBLOCK_HOME_HOOK(result, name, parameters, arguments)                                              \
  extern "C" [[gnu::visibility("default")]] result name parameters {                                        \
    if (!hooks::fiber_to_serve()) return real::name arguments;                                              \
    return static_cast<result>(hooks::serve_at_home(SYS_##name, calls::Words arguments, [=](Fiber& fiber) { \
      return calls::name(UNBLOCK_FIRST arguments);                                                          \
    }));                                                                                                    \
  }

#define UNBLOCK_UNDIVIDED_HOOK(result, name, parameters, arguments)  \
  extern "C" [[gnu::visibility("default")]] result name parameters { \
    Fiber* fiber = hooks::fiber_to_serve();                          \
    if (!fiber) return real::name arguments;                         \
    const siblings::Undivided whole(*fiber);                         \
    const NativeSection section(hooks::unless_wanted(fiber));        \
    return real::name arguments;                                     \
  }

UNBLOCK_CANCELLATION_POINTS(UNBLOCK_CANCELLABLE_HOOK)
UNBLOCK_UNDIVIDED(UNBLOCK_UNDIVIDED_HOOK)
UNBLOCK_HOME_CALLS(UNBLOCK_HOME_HOOK)
UNBLOCK_OTHER_HOOKS(UNBLOCK_PLAIN_HOOK)

// Those that are not system calls of their own.

extern "C" [[gnu::visibility("default")]] ssize_t recvfrom(int fd, void* data, size_t size, int flags,
                                                           sockaddr* address, socklen_t* length) {
  Fiber* served = hooks::fiber_to_serve();
  if (!served) return real::recvfrom(fd, data, size, flags, address, length);
  return hooks::serve_cancellable(
      *served, [=](Fiber& fiber) { return calls::recvfrom(fiber, fd, data, size, flags, address, length); });
}

extern "C" [[gnu::visibility("default")]] ssize_t recv(int fd, void* data, size_t size, int flags) {
  return hooks::fiber_to_serve() ? recvfrom(fd, data, size, flags, nullptr, nullptr)
                                 : real::recv(fd, data, size, flags);
}

extern "C" [[gnu::visibility("default")]] ssize_t sendto(int fd, const void* data, size_t size, int flags,
                                                         const sockaddr* address, socklen_t length) {
  Fiber* served = hooks::fiber_to_serve();
  if (!served) return real::sendto(fd, data, size, flags, address, length);
  return hooks::serve_cancellable(
      *served, [=](Fiber& fiber) { return calls::sendto(fiber, fd, data, size, flags, address, length); });
}

extern "C" [[gnu::visibility("default")]] ssize_t send(int fd, const void* data, size_t size, int flags) {
  return hooks::fiber_to_serve() ? sendto(fd, data, size, flags, nullptr, 0)
                                 : real::send(fd, data, size, flags);
}

// For CPU clocks the kernel's own code, which has no sites, makes the call (vdso(7)): hooked whatever the
// door.
static bool of_cpu_time(clockid_t clock) noexcept { return clock < 0 || clock == CLOCK_THREAD_CPUTIME_ID; }
// By who is no fiber, of who may be one: libc's own site is to make the call.
static bool asks_of_thread(clockid_t clock) noexcept { return clock < 0 && outsiders::present(); }

extern "C" [[gnu::visibility("default")]] int clock_gettime(clockid_t clock, timespec* time) noexcept {
  Fiber* served = of_cpu_time(clock) ? edge::fiber_to_serve() : nullptr;
  if (!served) [[likely]]
    return asks_of_thread(clock) ? static_cast<int>(syscall(SYS_clock_gettime, clock, time))
                                 : real::clock_gettime(clock, time);
  return static_cast<int>(
      hooks::serve(*served, [=](Fiber& fiber) { return calls::clock_gettime(fiber, clock, time); }));
}

extern "C" [[gnu::visibility("default")]] int clock_getres(clockid_t clock, timespec* resolution) noexcept {
  Fiber* served = of_cpu_time(clock) ? edge::fiber_to_serve() : nullptr;
  if (!served)
    return asks_of_thread(clock) ? static_cast<int>(syscall(SYS_clock_getres, clock, resolution))
                                 : real::clock_getres(clock, resolution);
  return static_cast<int>(
      hooks::serve(*served, [=](Fiber& fiber) { return calls::clock_getres(fiber, clock, resolution); }));
}

// A signalfd was made, by syscall(2) as in syscall_hook.S or the next: before the first thread, too, when
// nothing else of ours is active, and by threads that are no fibers.
extern "C" [[gnu::visibility("hidden")]] void unblock_note_signalfd(const SignalSet* mask) {
  if (self()) return;
  const Undisturbed undisturbed;
  signals::leave_to_kernel(*mask);
}

extern "C" [[gnu::visibility("default")]] int signalfd(int fd, const sigset_t* mask, int flags) {
  const int answer = real::signalfd(fd, mask, flags);
  if (answer >= 0) unblock_note_signalfd(reinterpret_cast<const SignalSet*>(mask));
  return answer;
}

// syscall_hook.S: what it was called with.
extern "C" [[gnu::visibility("hidden")]] long unblock_syscall_futex(long nr, std::uint32_t* word,
                                                                    long operation, long value, long timeout,
                                                                    std::uint32_t* second_word,
                                                                    long third_value) {
  Fiber* served = hooks::fiber_to_serve();
  if (!served) return real::syscall(nr, word, operation, value, timeout, second_word, third_value);
  return hooks::serve(*served, [=](Fiber& fiber) {
    return calls::futex(fiber, word, static_cast<int>(operation), static_cast<std::uint32_t>(value), timeout,
                        second_word, static_cast<std::uint32_t>(third_value));
  });
}

extern "C" [[gnu::visibility("hidden")]] void* unblock_find_syscall() noexcept {
  return reinterpret_cast<void*>(real::syscall.address());
}
