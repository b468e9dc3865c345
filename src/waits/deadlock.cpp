// Finding out that all wait for each other, and saying who for what.
#include "waits/deadlock.h"

#include <linux/futex.h>
#include <string_view>

#include "events.h"
#include "fibers/carrier.h"
#include "fibers/fiber.h"
#include "fibers/kernel_thread.h"
#include "fibers/processors.h"
#include "log.h"
#include "memory/sharing.h"
#include "runtime.h"
#include "runtime_limits.h"
#include "signals/signals.h"
#include "watchdog/code_location.h"
#include "watchdog/peek.h"

namespace unblock::deadlock {

namespace {

constinit bool told = false;

bool a_line_is_wanted() noexcept {
  // Linked, the program is told unless it has a callback; preloaded, only if somebody asked for it.
  return log::enabled(log::deadlock, runtime::preloaded() ? log::Level::info : log::Level::warning);
}

bool waits_for_a_lock(const Fiber& fiber) noexcept {
  return fiber.wait.load(std::memory_order_acquire) == Wait::Waiting &&
         fiber.futex_node.bucket.load(std::memory_order_acquire) && !fiber.deadline_slot;
}

// Whoever waits has no faults; libc's own two, for cancelling threads and changing their ids, come from
// threads.
bool has_handlers() noexcept {
  constexpr SignalSet of_libc = signal_bit(32) | signal_bit(33);
  for (int signal = 1; signal <= 64; ++signal) {
    if ((signals::faults | of_libc) & signal_bit(signal)) continue;
    const auto handler = signals::action_of(signal).handler;
    if (handler != SIG_DFL && handler != SIG_IGN) return true;
  }
  return false;
}

// Whether all kernel threads are ours: as many as there are carriers, and the watchdog.
bool no_strangers() noexcept {
  unsigned long ours = 1;
  carriers::each([&](const Carrier& carrier) { ours += carrier.ktid.load(std::memory_order_relaxed) != 0; });
  return kernel_thread::count() == ours;
}

// Whatever runs a fiber changes it.
std::uint64_t progress() noexcept {
  std::uint64_t sum = 0;
  for (int number = 0; number < processors::count(); ++number) {
    if (!processors::at(number).sleeping.load(std::memory_order_seq_cst)) return 0;
    sum += 1 + processors::at(number).tick.load(std::memory_order_seq_cst);
  }
  return sum;
}

bool certain() noexcept {
  const std::uint64_t before = progress();
  if (!before || fibers::any([](const Fiber& fiber) { return !waits_for_a_lock(fiber); })) return false;
  return !has_handlers() && !sharing::in_company() && no_strangers() && progress() == before;
}

// Whom the word says that it waits for: the thread whose end it is, the owner of a mutex. 0: not known.
pid_t awaited(std::uintptr_t address) noexcept {
  struct {
    std::uint32_t word, count;
    pid_t owner;
  } mutex{};  // as pthread_mutex_t begins
  const std::size_t read = peek(&mutex, address, sizeof mutex);
  if (read < sizeof mutex.word) return 0;
  // Of a thread that is joined, and of a mutex with priority inheritance.
  const auto tid = static_cast<pid_t>(mutex.word & FUTEX_TID_MASK);
  if (tid > 2 && fibers::find(tid)) return tid;
  constexpr std::uint32_t locked_with_waiters = 2;
  return mutex.word == locked_with_waiters && read == sizeof mutex && fibers::find(mutex.owner) ? mutex.owner
                                                                                                : 0;
}

bool between_program_and_kernel(std::string_view object) noexcept {
  return object.starts_with("libc.so") || object.starts_with("libunblock") || object.starts_with("libstdc++");
}

// Who called into libc: the first return address of the program's on the stack that the fiber has left.
std::uintptr_t caller(const Fiber& fiber) noexcept {
  if (fiber.sibling || fiber.on_carrier.load(std::memory_order_acquire)) return 0;
  std::uintptr_t words[limits::stall_stack_words];
  const auto stack = reinterpret_cast<std::uintptr_t>(fiber.context.stack);
  const std::size_t count = peek(words, stack, sizeof words) / sizeof *words;
  for (std::size_t i = 0; i < count; ++i) {
    if (!follows_call(words[i])) continue;
    const char* object = locate(words[i] - 1).object;
    if (object && !between_program_and_kernel(object)) return words[i] - 1;
  }
  return 0;
}

void report(const Fiber& fiber) noexcept {
  char text[limits::log_line];
  format::Writer line(text, sizeof text);
  const std::uintptr_t address = fiber.futex_node.address;
  line.put("  thread ", fiber.tid, fiber.name[0] ? " " : "", fiber.name, " waits for ", format::Hex{address});
  const pid_t holder = awaited(address);
  if (holder == fiber.tid)
    line.put(", which it has itself");
  else if (holder)
    line.put(", of thread ", holder);
  if (const std::uintptr_t place = caller(fiber)) {
    const CodeLocation where = locate(place);
    line.put(", at ", where.object, "+", format::Hex{place - where.base});
    if (where.symbol) line.put(" (", where.symbol, "+", format::Hex{place - where.symbol_address}, ")");
  }
  log::write(log::deadlock, log::Level::warning, line.view());
}

void report_all() noexcept {
  log::write(log::deadlock, log::Level::warning, "all ", fibers::live(),
             " threads wait for locks, and nothing is left that could wake one:");
  int left = limits::deadlock_lines;
  static_cast<void>(fibers::any([&](const Fiber& fiber) {
    if (left-- > 0) report(fiber);
    return left < 0;
  }));
  if (left < 0) log::write(log::deadlock, log::Level::warning, "  and others");
}

void tell_all() noexcept {
  static constinit unblock_event waiting[limits::deadlock_lines];
  std::size_t count = 0;
  static_cast<void>(fibers::any([&](const Fiber& fiber) {
    unblock_event& event = waiting[count] = events::about(fiber);
    event.address = reinterpret_cast<const void*>(fiber.futex_node.address);
    event.holder = awaited(fiber.futex_node.address);
    return ++count == limits::deadlock_lines;
  }));
  events::deadlocked(waiting, count);
}

}  // namespace

void look() noexcept {
  const bool by_event = events::deadlock_wanted();
  if (!by_event && !a_line_is_wanted()) return;
  const bool found = certain();
  if (found && !told) by_event ? tell_all() : report_all();
  told = found;
}

}  // namespace unblock::deadlock
