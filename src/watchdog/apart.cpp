// The watchdog's threads, one after the other.
#include "watchdog/apart.h"

#include <cerrno>
#include <cstring>
#include <ctime>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <utility>

#include "embedding.h"
#include "entry/outsiders.h"
#include "entry/process.h"
#include "fibers/carrier.h"
#include "fibers/fiber.h"
#include "fibers/kernel_thread.h"
#include "fibers/processors.h"
#include "kernel.h"
#include "memory/memory.h"
#include "runtime_limits.h"
#include "siblings/siblings.h"
#include "signals/signals.h"

namespace unblock::watchdog {

namespace detail {
constinit std::atomic<Table> table{Table::Shared};
}

namespace {

using detail::table;

// What one thread runs on: there are two while one takes the other's place. Kept for the next.
struct Seat {
  std::atomic<pid_t> ktid{0};
  void* stack = nullptr;
  std::uintptr_t tls = 0;

  [[nodiscard]] bool prepare() noexcept {
    if (!stack) stack = memory::map_stack(limits::carrier_stack);
    if (!tls) tls = kernel_thread::make_tls();
    return stack && tls;
  }
};

constinit Seat seats[2];
constinit std::atomic<unsigned> seat{0};
using Body = void (*)(void*);
constinit Body body = nullptr;
constinit std::atomic<bool> stays{false};

// What the one that leaves has, for the next.
struct Legacy {
  pid_t ktid = 0;                                  // of who leaves; 0: nobody has
  unsigned long cpus[limits::cpu_set_words] = {};  // that it may run on
  siginfo_t info{};
  bool has_info = false;
};

constinit Legacy legacy;
constinit std::atomic<bool> without_room{false};  // the kernel had no thread for another while there was this

Seat& current() noexcept { return seats[seat.load(std::memory_order_acquire)]; }
Seat& other() noexcept { return seats[1 - seat.load(std::memory_order_acquire)]; }

bool begin(Seat& on) noexcept {
  return kernel_thread::start(body, nullptr, static_cast<char*>(on.stack) + limits::carrier_stack, on.tls,
                              on.ktid) == 0;
}

// Whether the kernel makes that call again after a kick, as if there had been none. Others share the table
// first, save for close(2), which lingers but rarely; one that has just begun is waited for.
bool goes_on_after_kick(long nr) noexcept {
  switch (nr) {
    case -1:
    case SYS_read:
    case SYS_write:
    case SYS_openat:
    case SYS_newfstatat:
    case SYS_ioctl:
    case SYS_accept:
    case SYS_accept4:
    case SYS_sched_yield: return true;
    default: return false;
  }
}

// Whether one carrier would have the table alone, as long as nothing happens that is not foreseen. Under a
// filter of system calls the one that leaves the table might end the process.
bool would_be_alone() noexcept {
  return !stays.load(std::memory_order_relaxed) && !outsiders::present() && !embedding::active() &&
         !siblings::founded() && processors::count() == 1 && processors::wanted() == 1 &&
         kernel_thread::count() == 2 && kernel::call(SYS_prctl, PR_GET_SECCOMP) == 0;
}

// Before Linux 5.9 it cannot.
bool can_part() noexcept {
  static constinit long error = -EINPROGRESS;
  if (error == -EINPROGRESS) error = kernel::call(SYS_close_range, ~0u, ~0u, 0);
  return error == 0;
}

// Whether it could come back at any moment.
bool may_be_kicked() noexcept {
  bool may = !process::child_in_our_memory();
  carriers::each([&](const Carrier& carrier) { may = may && goes_on_after_kick(carrier.in_call()); });
  return may;
}

void kick_holders() noexcept {
  carriers::each([](const Carrier& carrier) {
    const pid_t ktid = carrier.ktid.load(std::memory_order_relaxed);
    if (!ktid || carrier.claim.load(std::memory_order_relaxed) == Claim::None) return;
    if (!goes_on_after_kick(carrier.in_call()))
      stays.store(true, std::memory_order_relaxed);
    else if (table.load(std::memory_order_relaxed) == Table::Wanted)
      signals::send_kick(ktid);
  });
}

}  // namespace

// By whoever is first. It inherits the table, and what else a thread has of its own: take_over(). Not in a
// vfork's child, whose table is another.
void detail::succeed() noexcept {
  const Fiber* const fiber = self();
  if (fiber && (fiber->native_only & Fiber::as_child)) return;
  Table seen = table.load(std::memory_order_relaxed);
  do {
    if (seen == Table::Shared || seen == Table::Coming) return;
  } while (!table.compare_exchange_weak(seen, seen == Table::Parting ? Table::Shared : Table::Coming));
  if (seen == Table::Parting) return;
  const unsigned next = 1 - seat.load(std::memory_order_relaxed);
  const pid_t before = current().ktid.load(std::memory_order_relaxed);
  const bool begun = begin(seats[next]);
  // Whoever heeds that later tries again. Not here: that one may wait for a lock that this thread holds.
  without_room.store(!begun, std::memory_order_relaxed);
  if (begun) seat.store(next, std::memory_order_release);
  table.store(begun ? Table::Shared : Table::Wanted, std::memory_order_release);
  if (before) signals::send_kick(before);
}

bool apart::start(Body its_body) noexcept {
  body = its_body;
  legacy.ktid = 0;
  table.store(Table::Shared, std::memory_order_relaxed);
  return current().prepare() && begin(current());
}

pid_t apart::kernel_thread() noexcept { return current().ktid.load(std::memory_order_relaxed); }

void apart::stay() noexcept {
  stays.store(true, std::memory_order_relaxed);
  share_table();
}

bool apart::take_left(siginfo_t& info) noexcept {
  info = legacy.info;
  return std::exchange(legacy.has_info, false);
}

bool apart::take_over(siginfo_t& info) noexcept {
  // Until then it is not the present one.
  while (table.load(std::memory_order_acquire) != Table::Shared) kernel::call(SYS_sched_yield);
  if (legacy.ktid == 0) return false;
  kernel_thread::await_gone(std::exchange(legacy.ktid, 0));
  unsigned long cpus[limits::cpu_set_words];
  const long bytes = kernel::call(SYS_sched_getaffinity, 0, sizeof cpus, cpus);
  if (bytes > 0 && std::memcmp(cpus, legacy.cpus, static_cast<std::size_t>(bytes)) != 0)
    kernel::call(SYS_sched_setaffinity, 0, bytes, legacy.cpus);
  return take_left(info);
}

bool apart::part() noexcept {
  if (!would_be_alone() || !can_part() || !other().prepare()) return false;
  without_room.store(false, std::memory_order_relaxed);
  legacy.ktid = kernel_thread();
  table.store(Table::Parting, std::memory_order_relaxed);
  // B: who makes a call that is not to be kicked either has made that seen, or sees this and objects. Matches A
  // in share_table().
  fences::heavy_or_wait();
  if (!may_be_kicked()) detail::succeed();
  Table seen = Table::Parting;
  if (!table.compare_exchange_strong(seen, Table::Apart)) return false;
  kernel::call(SYS_close_range, 0, ~0u, CLOSE_RANGE_UNSHARE);
  return true;
}

bool apart::replaced() noexcept {
  return table.load(std::memory_order_acquire) == Table::Shared ||
         without_room.load(std::memory_order_relaxed);
}

void apart::hand_on(const siginfo_t& info) noexcept {
  legacy.info = info;
  legacy.has_info = true;
}

namespace {

// Nobody is to take its place, unless somebody is about to.
void withdraw() noexcept {
  for (Table seen = Table::Wanted; !table.compare_exchange_weak(seen, Table::Shared);) {
    if (seen == Table::Shared) return;
    if (seen == Table::Coming) kernel::call(SYS_sched_yield), seen = Table::Wanted;
  }
}

}  // namespace

void apart::leave(bool at_once, const std::atomic<bool>& stopping) noexcept {
  constexpr timespec a_while{0, limits::apart_asks_us * 1000L};
  Table seen = Table::Apart;
  table.compare_exchange_strong(seen, Table::Wanted);
  for (int asked = at_once ? limits::apart_asks : 0; !replaced(); ++asked) {
    if (stopping.load(std::memory_order_relaxed)) return withdraw();
    if (asked >= limits::apart_asks) kick_holders();
    kernel::call(SYS_nanosleep, &a_while, nullptr);
  }
  kernel::call(SYS_sched_getaffinity, 0, sizeof legacy.cpus, legacy.cpus);
}

void apart::forget() noexcept {
  for (Seat& each : seats) each.ktid.store(0, std::memory_order_relaxed);
  table.store(Table::Shared, std::memory_order_relaxed);
  legacy.ktid = 0;
  legacy.has_info = false;
}

}  // namespace unblock::watchdog
