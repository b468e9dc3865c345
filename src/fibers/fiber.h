// A fiber: one of the program's threads, with everything the kernel would keep for it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <sys/types.h>

#include "clock.h"
#include "fibers/context.h"
#include "fibers/cpu_time.h"
#include "runtime_limits.h"
#include "signals/signal_state.h"
#include "waits/futex_node.h"
#include "waits/io_waiter.h"

struct robust_list_head;

namespace unblock {

struct Carrier;
struct Sibling;
class Processor;
struct Scheduling;

/// Where a fiber's wait stands. Whoever moves it from Waiting to Woken, and only that one, makes the
/// fiber ready: a wake-up, a timeout and a signal may come at once. Alone: it waits on a kernel thread of its
/// own, as own_thread.h has it.
enum class Wait : std::uint8_t { None, Waiting, Woken, Alone };

/// One thread of the program. Its pthread descriptor, stack and TLS are glibc's and the program's; this
/// is the kernel's side. Control blocks are reused but never unmapped, so that a stale pointer to one
/// can still be looked at. Never on the fiber's own stack: others point here.
struct alignas(limits::cache_line) Fiber {
  // What a switch touches.
  Context context;                      ///< valid while !on_carrier
  std::uint8_t in_runtime = 0;          ///< calls it makes now are the runtime's own; handlers wait
  std::uint8_t native_only = 0;         ///< for one of the reasons below its calls are not its own
  std::atomic<bool> on_carrier{false};  ///< its stack is in use; cleared once it is saved
  bool exiting = false;                 ///< leaves its carrier for good at the next switch
  std::atomic<bool> cancellable{false};  ///< in a hooked call that is a cancellation point, and enabled
  bool cut_short = false;                ///< a signal or a cancellation ended a wait of that call
  bool has_newborns = false;  ///< made threads that may not have begun: waiting::let_newborns_begin
  std::atomic<bool> cancelled{false};    ///< by pthread_cancel(3), which it may have disabled
  Carrier* carrier = nullptr;           ///< valid while on_carrier
  Fiber* next = nullptr;                ///< in a run queue or an inbox
  Processor* home = nullptr;            ///< that of the carrier it last ran on; its waits are with it
  std::atomic<Wait> wait{Wait::None};
  std::atomic<bool> timed{false};   ///< its CPU time is charged at each switch
  std::uint8_t bulk = 0;            ///< what it has moved in this period: bulk.h
  std::uint8_t bulk_period = 0;
  std::uint32_t deadline_slot = 0;  ///< its place in its processor's Deadlines; 0: in none
  long wake_result = 0;             ///< what woke it: 0, or a negative error number

  static constexpr std::uint8_t as_child = 1;  ///< a vfork child runs as this fiber: hands off
  static constexpr std::uint8_t by_wish = 2;   ///< in a NativeSection

  // What waiting touches.
  Sibling* sibling = nullptr;        ///< of one that shares a stack with others: slices.h
  Nanoseconds limit = never;         ///< whatever it waits for, it waits no longer: unblock_deadline()
  IoWaiter io_waiter;
  SignalState signals;
  Nanoseconds deadline = never;      ///< while in its processor's Deadlines, which have it, too
  Nanoseconds restart_deadline = 0;  ///< of a call that a signal interrupted and that goes on; 0: none
  FutexNode futex_node;

  bool making_thread = false;  ///< in pthread_create(3): the stack it maps may be one of ours
  bool making_helper = false;  ///< in a call in which libc may make a thread for itself, which never ends
  bool in_setxid = false;      ///< in glibc's handler that takes setuid(2) through all threads
  std::atomic<bool> live{false};
  bool main = false;           ///< was a thread before: has a kernel thread's tid and founded its group
  std::uint8_t group = 0;      ///< groups.h
  std::uint8_t lone_waits = 0;      ///< for events, beside which nobody ran: lone_loop.h
  std::uint16_t tick_at_wait = 0;   ///< of its processor, at the last of them

  // What the kernel keeps for a thread.
  pid_t tid = 0;
  std::uint32_t slot = 0;        ///< its place in the table of fibers
  std::uint32_t generation = 0;  ///< how often that place was used
  CpuAccount cpu;
  Scheduling* scheduling = nullptr;    ///< what was set, or null
  int* clear_tid = nullptr;            ///< zeroed and woken at the end: set_tid_address(2)
  robust_list_head* robust = nullptr;  ///< get_robust_list(2)
  char name[16] = {};                  ///< PR_SET_NAME

  // Room for waits with many parts (poll, futex_waitv); kept until the fiber ends.
  void* scratch = nullptr;
};

// entry.S reads the two as one word.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Winvalid-offsetof"
static_assert(offsetof(Fiber, in_runtime) == 16 && offsetof(Fiber, native_only) == 17 && Fiber::by_wish == 2);
static_assert(offsetof(Fiber, wake_result) < limits::cache_line &&
              offsetof(Fiber, signals.attention) < 2 * limits::cache_line);
#pragma GCC diagnostic pop
// A million connections have as many.
static_assert(sizeof(Fiber) == 6 * limits::cache_line);

/// The table of all fibers.
namespace fibers {

/// A fresh control block in that group, with a tid of its own, above any that the kernel gives and within the
/// 28 bits that the numbers of CPU clocks have for one. Null if there is no memory or the table is full.
[[nodiscard]] Fiber* create(unsigned group = 0) noexcept;

/// Takes the control block back. The fiber must be off its carrier and in no queue.
void destroy(Fiber& fiber) noexcept;

/// The live fiber with this tid, or null. The answer may end at any moment, its block stays readable.
[[nodiscard]] Fiber* find(pid_t tid) noexcept;

/// How many are alive.
[[nodiscard]] int live() noexcept;

/// Calls `visit(fiber)` for every live fiber, the main one first, until it returns true; says whether it did.
template <class Visit>
bool any(Visit&& visit) noexcept;

/// Forgets all fibers: for a fork's child, which starts without any.
void forget_all() noexcept;

namespace detail {
constexpr std::uint32_t chunk_fibers = 64;
extern std::atomic<Fiber*> chunks[limits::max_fibers / chunk_fibers];
extern std::atomic<std::uint32_t> used;
[[nodiscard]] Fiber* at(std::uint32_t slot) noexcept;
[[nodiscard]] std::uint32_t slots_used() noexcept;
}  // namespace detail

template <class Visit>
bool any(Visit&& visit) noexcept {
  const std::uint32_t used = detail::slots_used();
  for (std::uint32_t slot = 0; slot < used; ++slot) {
    Fiber* fiber = detail::at(slot);
    if (fiber && fiber->live.load(std::memory_order_acquire) && visit(*fiber)) return true;
  }
  return false;
}

}  // namespace fibers

/// The fiber that runs here, or null: not a fiber, or nothing of ours is active. Its TLS is the fiber's
/// own, so it needs no care when the fiber changes kernel threads.
extern "C" [[gnu::visibility("hidden")]] [[gnu::tls_model(
    "initial-exec")]] thread_local constinit Fiber* unblock_self;

[[nodiscard]] [[gnu::always_inline]] inline Fiber* self() noexcept { return unblock_self; }

/// Marks a stretch in which a fiber is in the runtime: its system calls go straight to the kernel, and
/// signal handlers wait until the end.
class InRuntime {
 public:
  explicit InRuntime(Fiber& fiber) noexcept : fiber_(fiber) {
    ++fiber_.in_runtime;
    asm volatile("" ::: "memory");  // a handler on this very kernel thread must see it first
  }
  ~InRuntime() {
    asm volatile("" ::: "memory");
    --fiber_.in_runtime;
  }
  InRuntime(const InRuntime&) = delete;
  InRuntime& operator=(const InRuntime&) = delete;

 private:
  Fiber& fiber_;
};

}  // namespace unblock
