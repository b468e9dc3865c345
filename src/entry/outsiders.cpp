// Who is an outsider, and who is let in.
#include "entry/outsiders.h"

#include "clock.h"
#include "entry/dispatch.h"
#include "entry/outsider_calls.h"
#include "entry/process.h"
#include "kernel.h"
#include "undisturbed.h"
#include "waits/futex_pi.h"
#include "watchdog/apart.h"

namespace unblock::outsiders {

constinit std::atomic<bool> detail::admitted{false};

namespace {

constinit std::atomic<int> inside{0};

// The TLS of our own kernel threads has no image, it is zeroes: kernel_thread.cpp. Volatile: no compiler
// knows.
thread_local constinit volatile bool has_image = true;
thread_local constinit bool lent_out = false;

// While one lives, dismiss() waits: what the runtime is made of stays.
class Visit {
 public:
  Visit() noexcept {
    inside.fetch_add(1, std::memory_order_seq_cst);
    welcome_ = detail::admitted.load(std::memory_order_seq_cst);
  }
  ~Visit() { inside.fetch_sub(1, std::memory_order_release); }
  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;
  [[nodiscard]] bool welcome() const noexcept { return welcome_; }

 private:
  bool welcome_;
};

// A mutex that is of both sides. It is no visitor while it sleeps: whoever stops the runtime may have the
// mutex.
Verdict lock_pi(Frame& frame) noexcept {
  const long(&words)[6] = frame.arguments;
  auto* const word = reinterpret_cast<std::uint32_t*>(words[0]);
  const auto operation = static_cast<int>(words[1]);
  Nanoseconds deadline = never;
  long result = futex_pi::read_deadline(operation, reinterpret_cast<const timespec*>(words[3]), deadline);
  while (result == 0) {
    std::uint32_t number = 0;
    {
      const Visit visit;
      if (!visit.welcome()) return Verdict::Native;
      const Undisturbed undisturbed;
      result = futex_pi::lock_outside(word, operation, number);
    }
    if (result != 1) break;
    result = futex_pi::sleep_outside(word, number, deadline);
  }
  frame.rax = static_cast<std::uint64_t>(result);
  return Verdict::Answered;
}

bool makes_child(long nr) noexcept {
  return nr == SYS_clone || nr == SYS_clone3 || nr == SYS_fork || nr == SYS_vfork;
}

}  // namespace

void admit() noexcept {
  detail::admitted.store(true, std::memory_order_seq_cst);
  dispatch::route_outsiders(true);
  watchdog::share_table();
}

void dismiss() noexcept {
  dispatch::route_outsiders(false);
  detail::admitted.store(false, std::memory_order_seq_cst);
  while (inside.load(std::memory_order_seq_cst)) kernel::call(SYS_sched_yield);
  futex_pi::send_to_kernel();
}

void forget() noexcept {
  if (!present()) return;
  dispatch::route_outsiders(false);
  detail::admitted.store(false, std::memory_order_relaxed);
  inside.store(0, std::memory_order_relaxed);
}

bool of_program() noexcept { return has_image; }

void lend(bool lent) noexcept { lent_out = lent; }
bool lent() noexcept { return lent_out; }

Verdict answer(Frame& frame) {
  const long nr = static_cast<long>(frame.rax);
  if (!has_image || (lent_out && nr != SYS_futex)) return Verdict::Native;
  if (nr == SYS_futex && !lent_out && futex_pi::locks(static_cast<int>(frame.arguments[1])))
    return lock_pi(frame);
  const Visit visit;
  if (!visit.welcome()) return Verdict::Native;
  return makes_child(nr) ? process::clone_outside(frame) : outsider_calls::answer(frame);
}

}  // namespace unblock::outsiders
