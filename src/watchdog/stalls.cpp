// Taking stalls down and reporting them.
#include "watchdog/stalls.h"

#include <atomic>
#include <cstdint>
#include <fcntl.h>

#include "events.h"
#include "fibers/carrier.h"
#include "fibers/fiber.h"
#include "fibers/kernel_thread.h"
#include "format.h"
#include "kernel.h"
#include "log.h"
#include "options.h"
#include "patch/patch.h"
#include "runtime_limits.h"
#include "signals/signals.h"
#include "syscall_name.h"
#include "watchdog/code_location.h"
#include "watchdog/peek.h"

namespace unblock::stalls {

namespace {

enum class State : std::uint32_t { Free, Taken, Asked, Full };

// One place of the ring: what was seen of a fiber and its stack, for a reader that has time.
struct Stall {
  std::atomic<State> state{State::Free};
  const Carrier* carrier;
  pid_t tid;
  char name[16];
  Nanoseconds held;
  long call;  // its number, or one of the following
  std::uintptr_t instruction;
  std::size_t words;
  std::uintptr_t stack[limits::stall_stack_words];
};

constexpr long no_call = -1;  // as /proc/PID/syscall has it: it sleeps for another reason
constexpr long computes = -2;

constinit Stall ring[limits::stall_ring];
constinit std::atomic<std::uint32_t> next_place{0};
constinit std::atomic<bool> some_full{false};
constinit std::atomic<bool> reporting{false};

// Guarded by `reporting`: who was reported already, by call and caller.
constinit std::uint64_t reported[limits::stalls_reported];
constinit std::size_t reported_count = 0;

bool wanted() noexcept { return log::enabled(log::stall, log::Level::info); }

Stall* take_place(const Carrier& carrier, const Fiber& fiber, Nanoseconds held) noexcept {
  Stall& stall = ring[next_place.fetch_add(1, std::memory_order_relaxed) % limits::stall_ring];
  State seen = stall.state.load(std::memory_order_acquire);
  // A question that nobody answered is given up.
  if (seen != State::Free && seen != State::Asked) return nullptr;
  if (!stall.state.compare_exchange_strong(seen, State::Taken)) return nullptr;
  stall.carrier = &carrier;
  stall.tid = fiber.tid;
  __builtin_memcpy(stall.name, fiber.name, sizeof stall.name);
  stall.held = held;
  return &stall;
}

// The stack as far as there is one: what lies beyond it is no error.
void copy_stack(Stall& stall, std::uintptr_t from) noexcept {
  stall.words = peek(stall.stack, from, sizeof stall.stack) / sizeof *stall.stack;
}

void finish(Stall& stall, long call, std::uintptr_t instruction, std::uintptr_t stack) noexcept {
  stall.call = call;
  stall.instruction = instruction;
  copy_stack(stall, stack);
  stall.state.store(State::Full, std::memory_order_release);
  some_full.store(true, std::memory_order_release);
}

// The words of /proc/self/task/KTID/syscall: the call, its arguments, the stack and the program counter; see
// proc_pid_syscall(5). Returns how many there are: 9 in a call, 3 asleep elsewhere, fewer while it runs.
int read_words(pid_t ktid, std::uint64_t (&words)[9]) noexcept {
  const long fd = kernel_thread::open_file(ktid, "syscall", O_RDONLY);
  if (fd < 0) return 0;
  char text[256];
  const long size = kernel::call(SYS_read, fd, text, sizeof text);
  kernel::call(SYS_close, fd);
  int count = 0;
  for (long i = 0; i < size && count < 9;) {
    const bool hex = text[i] == '0' && i + 1 < size && text[i + 1] == 'x';
    const bool negative = text[i] == '-';
    if (!hex && !negative && (text[i] < '0' || text[i] > '9')) break;
    i += hex ? 2 : negative;
    std::uint64_t value = 0;
    for (; i < size && text[i] > ' '; ++i) {
      const char digit = text[i];
      value =
          value * (hex ? 16 : 10) + static_cast<std::uint64_t>(digit <= '9' ? digit - '0' : digit - 'a' + 10);
    }
    words[count++] = negative ? 0 - value : value;
    while (i < size && text[i] <= ' ') ++i;
  }
  return count;
}

// The fiber's kernel thread is to say where it is.
void ask(Stall& stall) noexcept {
  const pid_t ktid = stall.carrier->ktid.load(std::memory_order_relaxed);
  stall.state.store(State::Asked, std::memory_order_release);
  signals::send_kick(ktid);
}

// One more caller: whether it is new, and there is room to remember it.
bool remember(std::uint64_t key) noexcept {
  for (std::size_t i = 0; i < reported_count; ++i)
    if (reported[i] == key) return false;
  if (reported_count == limits::stalls_reported) return false;
  reported[reported_count++] = key;
  return true;
}

void report_frame(std::uintptr_t address) noexcept {
  const CodeLocation where = locate(address);
  const std::uintptr_t in_object = address - where.base, in_symbol = address - where.symbol_address;
  if (where.symbol)
    log::info(log::stall, "  ", where.object, "+", format::Hex{in_object}, " (", where.symbol, "+",
              format::Hex{in_symbol}, ")");
  else
    log::info(log::stall, "  ", where.object, "+", format::Hex{in_object});
}

// Calls `visit` with the program counter and with what looks like return addresses on the stack. There may be
// some among them that a function left behind.
template <class Visit>
void each_frame(const Stall& stall, Visit&& visit) noexcept {
  std::size_t frames = 0;
  const std::uintptr_t here = patch::original(stall.instruction);
  if (locate(here).object) ++frames, visit(here);
  for (std::size_t i = 0; i < stall.words && frames < limits::stall_frames; ++i)
    if (follows_call(stall.stack[i])) ++frames, visit(stall.stack[i] - 1);
}

void report(const Stall& stall) noexcept {
  std::uintptr_t caller = 0;
  int depth = 0;
  // The innermost two: in libc, many share the first. A computation moves on within its functions.
  each_frame(stall, [&](std::uintptr_t frame) {
    if (++depth <= 2) caller = caller * 31 + (stall.call == computes ? function_start(frame) : frame);
  });
  if (!remember(static_cast<std::uint64_t>(caller) * 512 + static_cast<std::uint64_t>(stall.call + 2)))
    return;
  const auto tell = [&](const auto&... what) {
    log::info(log::stall, "thread ", stall.tid, stall.name[0] ? " " : "", stall.name, what..., ", at");
  };
  const Nanoseconds ms = stall.held / 1'000'000;
  if (stall.call == computes)
    tell(" computed for ", ms, " ms, past its slice; the others go on beside it");
  else if (stall.call == no_call)
    tell(" slept outside of any call for ", ms, " ms (memory, a debugger?) before the others went on");
  else
    tell(" slept in ", SyscallName(stall.call).view(), ", which is not on unblock's list, for ", ms,
         " ms before the others went on");
  each_frame(stall, report_frame);
}

}  // namespace

void note(Carrier& carrier, Nanoseconds held) noexcept {
  if (!wanted() && !events::wanted()) return;
  Fiber* fiber = carrier.running;
  if (!fiber || fiber->in_runtime) return;
  std::uint64_t words[9];
  const int count = read_words(carrier.ktid.load(std::memory_order_relaxed), words);
  const bool sleeps = count == 3 || count == 9;
  if (!sleeps && held < options::values().slice * (second / 1000)) return;
  events::stalled(*fiber, sleeps ? static_cast<long>(words[0]) : no_call, held);
  if (!wanted()) return;
  Stall* stall = take_place(carrier, *fiber, held);
  if (!stall) return;
  if (sleeps)
    finish(*stall, static_cast<long>(words[0]), words[count - 1], words[count - 2]);
  else
    ask(*stall);
}

void answer(Carrier& carrier, std::uintptr_t instruction, std::uintptr_t stack) noexcept {
  if (!wanted()) return;
  for (Stall& stall : ring) {
    if (stall.state.load(std::memory_order_acquire) != State::Asked || stall.carrier != &carrier) continue;
    State expected = State::Asked;
    if (stall.state.compare_exchange_strong(expected, State::Taken))
      finish(stall, computes, instruction, stack);
    return;
  }
}

void report() noexcept {
  if (!some_full.load(std::memory_order_relaxed) || reporting.exchange(true)) return;
  some_full.store(false, std::memory_order_relaxed);
  for (Stall& stall : ring) {
    if (stall.state.load(std::memory_order_acquire) != State::Full) continue;
    report(stall);
    stall.state.store(State::Free, std::memory_order_release);
  }
  reporting.store(false);
}

}  // namespace unblock::stalls
