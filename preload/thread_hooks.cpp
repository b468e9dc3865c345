// Hooks on functions about a thread that libc answers by other means than system calls we see.
#include <cerrno>
#include <csignal>
#include <cstring>
#include <mqueue.h>
#include <optional>
#include <pthread.h>

#include "fences.h"
#include "fibers/fiber.h"
#include "fibers/scheduler.h"
#include "hooks.h"
#include "kernel.h"
#include "memory/tls_reserve.h"
#include "next.h"

namespace {

using namespace unblock;

// The fiber that a thread is, or null. Its CPU-time clock names its tid: pthread_getcpuclockid(3).
Fiber* fiber_of(pthread_t thread) noexcept {
  clockid_t clock;
  if (pthread_getcpuclockid(thread, &clock) != 0) return nullptr;
  return fibers::find(static_cast<pid_t>(~(clock >> 3)));
}

// Makes a fiber that waits in a hooked cancellation point look whether it is cancelled.
void notify_cancellation(Fiber& fiber) noexcept {
  // Without a signal to handle: the edge finds the call interrupted, looks, and makes it again if need be.
  std::optional<InRuntime> inside;
  if (Fiber* canceller = self()) inside.emplace(*canceller);
  scheduler::interrupt(fiber);
}

// What it maps in here without being told where is a stack. A pthread_create() in a signal handler in the
// middle of this ends it early, and the stack is the kernel's.
template <class Call>
int making_thread(Call&& call) {
  if (hooks::start_up) hooks::start_up();
  Fiber* fiber = self();
  if (!fiber) return call();
  tls_reserve::thread_comes();
  fiber->making_thread = true;
  const int result = call();
  fiber->making_thread = false;
  return result;
}

// For SIGEV_THREAD libc makes a thread of its own the first time, which waits for ever.
template <class Call>
int making_helper(Call&& call) {
  Fiber* fiber = self();
  if (!fiber) return call();
  fiber->making_helper = true;
  const int result = call();
  fiber->making_helper = false;
  return result;
}

}  // namespace

extern "C" [[gnu::visibility("default")]] int pthread_create(pthread_t* thread,
                                                             const pthread_attr_t* attributes,
                                                             void* (*body)(void*), void* argument) {
  static constinit real::Next<int(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*)> next(
      "pthread_create");
  return making_thread([&] { return next(thread, attributes, body, argument); });
}

// With the types of C11's <threads.h> in glibc.
extern "C" [[gnu::visibility("default")]] int thrd_create(pthread_t* thread, int (*body)(void*),
                                                          void* argument) {
  static constinit real::Next<int(pthread_t*, int (*)(void*), void*)> next("thrd_create");
  return making_thread([&] { return next(thread, body, argument); });
}

extern "C" [[gnu::visibility("default")]] int timer_create(clockid_t clock, sigevent* event, timer_t* timer) {
  static constinit real::Next<int(clockid_t, sigevent*, timer_t*)> next("timer_create");
  return making_helper([&] { return next(clock, event, timer); });
}

extern "C" [[gnu::visibility("default")]] int mq_notify(mqd_t queue, const sigevent* event) {
  static constinit real::Next<int(mqd_t, const sigevent*)> next("mq_notify");
  return making_helper([&] { return next(queue, event); });
}

// libc wakes a thread for a deferred cancellation by a signal only while it is in a cancellation point of
// libc's own; in one of ours we do it.
extern "C" [[gnu::visibility("default")]] int pthread_cancel(pthread_t thread) {
  static constinit real::Next<int(pthread_t)> next("pthread_cancel");
  Fiber* target = fiber_of(thread);
  const pid_t tid = target ? target->tid : 0;
  if (target) target->cancelled.store(true, std::memory_order_relaxed);
  const int result = next(thread);
  if (result != 0 || !target) return result;
  // Every fiber's mark is either to be seen now, or its look comes after the cancellation.
  while (!fences::heavy()) {}
  if (fibers::find(tid) == target && target->cancellable.load(std::memory_order_relaxed))
    notify_cancellation(*target);
  return result;
}

// A thread that has cancellation disabled is not to be disturbed in its call.
extern "C" [[gnu::visibility("default")]] int pthread_setcancelstate(int state, int* old) {
  static constinit real::Next<int(int, int*)> next("pthread_setcancelstate");
  const int result = next(state, old);
  if (result == 0) hooks::cancellation_disabled = state == PTHREAD_CANCEL_DISABLE;
  return result;
}

// libc goes by way of /proc/self/task, where the kernel does not list fibers.

extern "C" [[gnu::visibility("default")]] int pthread_setname_np(pthread_t thread, const char* name) {
  static constinit real::Next<int(pthread_t, const char*)> next("pthread_setname_np");
  Fiber* fiber = fiber_of(thread);
  if (!fiber || fiber->main) return next(thread, name);
  if (std::strlen(name) >= sizeof fiber->name) return ERANGE;
  std::strcpy(fiber->name, name);
  return 0;
}

extern "C" [[gnu::visibility("default")]] int pthread_getname_np(pthread_t thread, char* name, size_t size) {
  static constinit real::Next<int(pthread_t, char*, size_t)> next("pthread_getname_np");
  Fiber* fiber = fiber_of(thread);
  if (!fiber || fiber->main || !fiber->name[0])
    return next(fiber && !fiber->main ? pthread_self() : thread, name, size);
  if (size < sizeof fiber->name) return ERANGE;
  std::strcpy(name, fiber->name);
  return 0;
}
