// Opting in: what a program calls that links the library, or that is preloaded and does not mind.
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <pthread.h>
#include <unistd.h>
#include <utility>

#include "api.h"
#include "entry/edge.h"
#include "events.h"
#include "fibers/groups.h"
#include "fibers/kernel_thread.h"
#include "fibers/scheduler.h"
#include "format.h"
#include "hooks.h"
#include "lock.h"
#include "options.h"
#include "runtime.h"

namespace {

using namespace unblock;

// Kept by libc for the thread, and not in its TLS: that is room which each thread of every program has.
constinit pthread_once_t once = PTHREAD_ONCE_INIT;
pthread_key_t reason_key;
constinit std::atomic<bool> has_key{false};
constexpr std::size_t reason_size = 256;

void make_key() noexcept { has_key = pthread_key_create(&reason_key, std::free) == 0; }

// Null if there is none yet and none can be had.
char* own_reason() noexcept {
  pthread_once(&once, make_key);
  if (!has_key) return nullptr;
  if (void* made = pthread_getspecific(reason_key)) return static_cast<char*>(made);
  void* made = std::malloc(reason_size);
  if (made && pthread_setspecific(reason_key, made) == 0) return static_cast<char*>(made);
  std::free(made);
  return nullptr;
}

template <class... Parts>
int refuse(int error, const Parts&... parts) noexcept {
  char* reason = own_reason();
  if (!reason) return error;
  format::Writer text(reason, reason_size - 1);
  text.put(parts...);
  reason[text.view().size()] = 0;
  return error;
}

// What it was started with.
constinit char options_text[limits::option_text * 2] = "";

// The first thread of the process to start it.
int start_first(std::string_view list) noexcept {
  std::string_view wrong;
  format::Writer text(options_text, sizeof options_text - 1);
  text.put(list);
  options_text[text.view().size()] = 0;
  if (!options::set(list, wrong)) return refuse(EINVAL, "no such option or value: ", wrong);
  hooks::look_up_next_symbols();
  const bool alone = kernel_thread::count() == 1 && !options::values().except.has(Facility::Threads);
  const auto others = alone ? patch::Others::later : patch::Others::running;
  if (const char* why = runtime::start(others)) return refuse(ENOTSUP, why);
  if (options::values().doors == "both") hooks::open_door();
  return 0;
}

// Another one, while it runs.
int start_another(std::string_view list) noexcept {
  if (!runtime::beside_others()) return refuse(EBUSY, "it was started when the process had no other thread");
  if (!list.empty() && list != options_text)
    return refuse(EINVAL, "it runs with other options: ", options_text);
  const char* why = runtime::join();
  return why ? refuse(EAGAIN, why) : 0;
}

}  // namespace

UNBLOCK_API int unblock_start(const char* list) {
  if (self()) return refuse(EALREADY, "it was started already");
  if (runtime::preloaded())
    return runtime::activate() ? 0 : refuse(ENOTSUP, "the program runs natively under unblock");
  Guard guard(runtime::changing);
  return runtime::active() ? start_another(list ? list : "") : start_first(list ? list : "");
}

UNBLOCK_API int unblock_stop(void) {
  Fiber* fiber = self();
  if (!fiber) return refuse(EINVAL, "it was not started by this thread");
  if (!fiber->main) return refuse(EPERM, "another thread started it");
  const auto wait = [](Fiber& founder) { return groups::wait_for_others(founder); };
  long result;
  do {
    result = edge::serve(*fiber, nullptr, wait);
  } while (result == -EINTR);
  if (result) return refuse(static_cast<int>(-result), "the thread's deadline has passed");
  if (runtime::preloaded()) return 0;
  Guard guard(runtime::changing);
  groups::count() == 1 ? runtime::stop(*fiber) : runtime::leave(*fiber);
  return 0;
}

UNBLOCK_API long long unblock_deadline(long long nanoseconds) {
  Fiber* fiber = self();
  return fiber ? std::exchange(fiber->limit, nanoseconds < 0 ? never : nanoseconds) : never;
}

UNBLOCK_API void unblock_native(void (*function)(void*), void* argument) {
  Fiber* fiber = edge::fiber_to_serve();
  if (fiber && fibers::live() > 1) {
    InRuntime inside(*fiber);
    scheduler::hand_off(*fiber);
  }
  function(argument);
}

UNBLOCK_API void unblock_on_events(const unblock_events* table) { events::tell(table); }

UNBLOCK_API int unblock_active(void) { return self() != nullptr; }

UNBLOCK_API const char* unblock_reason(void) {
  const void* reason = has_key ? pthread_getspecific(reason_key) : nullptr;
  return reason ? static_cast<const char*>(reason) : "";
}
