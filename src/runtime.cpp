// Activation and its undoing.
#include "runtime.h"

#include <atomic>
#include <cerrno>
#include <fcntl.h>
#include <linux/membarrier.h>
#include <sys/prctl.h>
#include <sys/rseq.h>
#include <unistd.h>

#include "carrier.h"
#include "context.h"
#include "cpu_time.h"
#include "credentials.h"
#include "descriptors.h"
#include "dispatch.h"
#include "embedding.h"
#include "events.h"
#include "kernel.h"
#include "log.h"
#include "memory.h"
#include "options.h"
#include "parking_lot.h"
#include "patch/patch.h"
#include "processors.h"
#include "scheduler.h"
#include "scheduling.h"
#include "siblings.h"
#include "signals.h"
#include "stacks.h"
#include "stalls.h"
#include "stats.h"
#include "thread_timers.h"
#include "waiting.h"
#include "view.h"
#include "watchdog.h"

// Newer than the oldest libc we run with.
#pragma weak __rseq_offset
#pragma weak __rseq_size

// entry.S
extern "C" [[gnu::visibility("hidden")]] void unblock_entry();

namespace unblock::runtime {

namespace {

constinit bool by_itself = false;  // the first thread's creation activates
constinit bool refused = false;    // it was tried and cannot be: no second line about it
constinit bool rewritten = false;
constinit std::atomic<bool> stats_printed{false};
constinit std::atomic<std::uint32_t> ended{0};  // fibers; a futex for who waits for the others
constinit std::atomic<bool> end_awaited{false};

bool refuse(const char* why) noexcept {
  refused = true;
  if (options::values().strict) {
    log::error(log::core, "cannot run this program's threads as fibers: ", why);
    kernel::call(SYS_exit_group, 125);
  }
  log::warning(log::core, "this program runs natively: ", why);
  return false;
}

// Registers glibc's area for restartable sequences, or (flags 1) takes it back: rseq(2).
std::uint32_t* register_rseq(unsigned flags) noexcept {
  if (!&__rseq_offset || !&__rseq_size || __rseq_size == 0) return nullptr;
  constexpr unsigned signature = 0x53053053, bytes = 32;
  auto* area =
      reinterpret_cast<std::uint32_t*>(context::current_fs() + static_cast<std::uintptr_t>(__rseq_offset));
  return kernel::call(SYS_rseq, area, bytes, flags, signature) < 0 ? nullptr : area;
}

// The kernel writes the processor's number into the area of the thread that registered it, which is not the
// one that runs on this kernel thread from now on.
void unregister_rseq() noexcept {
  std::uint32_t* area = register_rseq(1);
  if (!area) return;
  constexpr std::uint32_t uninitialised = ~0u;
  area[0] = 0;              // cpu_id_start
  area[1] = uninitialised;  // cpu_id
}

// Every site that stays as it is, and why.
void report_sites() noexcept {
  if (!log::enabled(log::patch, log::Level::debug)) return;
  const auto report = [](const patch::LeftAlone& site, void*) {
    log::debug(log::patch, site.object, ": ", format::Hex{site.address}, " left alone: ", site.why);
  };
  patch::for_each_left(report, nullptr);
}

Fiber* adopt_caller() noexcept {
  Fiber* main = fibers::create();
  if (!main) return nullptr;
  main->main = true;
  // glibc's word for it, which pthread_join(3) waits for. The kernel thread itself never ends.
  kernel::call(SYS_prctl, PR_GET_TID_ADDRESS, &main->clear_tid);
  main->tid = static_cast<pid_t>(kernel::call(SYS_gettid));
  cpu_time::adopt(*main);
  if (!carriers::adopt(*main, processors::at(0))) {
    fibers::destroy(*main);
    return nullptr;
  }
  return main;
}

// Null, or why not, with everything as it was.
const char* bring_up() noexcept {
  // Everything that can fail comes before anything that shows.
  if (processors::count() == 0 && !processors::create()) return "no memory or descriptors for its event loop";
  Fiber* main = adopt_caller();
  if (!main) return "no memory for its first carrier";
  // Traps need their handler before the first one is written.
  signals::adopt(*main);
  rewritten = true;
  if (patch::cover_all(unblock_entry) < 0) {
    signals::give_back(*main);
    fibers::destroy(*main);
    return patch::reason();
  }
  // Beyond this point libc's calls come to us.
  report_sites();
  unregister_rseq();
  kernel::call(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0);  // for pthread_cancel
  unblock_self = main;
  unblock_view.active.store(true, std::memory_order_relaxed);
  watchdog::start();
  return nullptr;
}

}  // namespace

bool prepare() noexcept {
  by_itself = true;
  stats::keep(options::values().stats);
  events::refresh();
  context::initialise();
  siblings::prepare();
  dispatch::initialise();
  if (patch::cover_gate(unblock_entry, siblings::wanted()) < 0) return refuse(patch::reason());
  return true;
}

Fiber* activate() noexcept {
  if (refused || !by_itself) return nullptr;
  if (const char* why = bring_up()) refuse(why);
  return self();
}

bool preloaded() noexcept { return by_itself; }

const char* start() noexcept {
  stats::keep(options::values().stats);
  events::refresh();
  context::initialise();
  dispatch::initialise();
  return bring_up();
}

void stop(Fiber& main) noexcept {
  InRuntime inside(main);
  embedding::end();
  watchdog::stop();
  scheduler::move_to_first_carrier(main);
  carriers::end_others();
  unblock_self = nullptr;
  unblock_view.active.store(false, std::memory_order_relaxed);
  signals::hand_over(main);
  static_cast<void>(register_rseq(0));
  processors::end_all();
  descriptors::shared();  // from now on the program closes and opens without us
  print_stats();
  stacks::disown_unused();
  stacks::forget();
  fibers::forget_all();
}

long wait_for_others(Fiber& main) noexcept {
  long result = 0;
  end_awaited.store(true, std::memory_order_seq_cst);
  while (result != -EINTR && result != waiting::past_limit && fibers::live() > 1) {
    const std::uint32_t seen = ended.load(std::memory_order_seq_cst);
    if (fibers::live() == 1) break;
    result =
        waiting::on_address(main, reinterpret_cast<std::uintptr_t>(&ended), seen, ~0u, never, main.limit);
  }
  end_awaited.store(false, std::memory_order_relaxed);
  if (fibers::live() == 1) return 0;
  return result == -EINTR ? waiting::restart_if_asked : result;
}

void fiber_ended() noexcept {
  // After the fiber has left the count; seq_cst: matches wait_for_others().
  if (!end_awaited.load(std::memory_order_seq_cst)) return;
  ended.fetch_add(1, std::memory_order_seq_cst);
  parking_lot::wake(reinterpret_cast<std::uintptr_t>(&ended), 1, ~0u);
}

void forget(Fiber& fiber) noexcept {
  unblock_self = nullptr;
  unblock_view.active.store(false, std::memory_order_relaxed);
  embedding::end();
  siblings::forget();
  signals::give_back(fiber);
  scheduling::make_real(fiber);
  thread_timers::forget();
  watchdog::forget();
  patch::after_fork();
  credentials::forget();
  parking_lot::forget_all();
  carriers::forget_others(*fiber.carrier);
  fibers::forget_all();
  stacks::forget();
  stats::reset();
  stats_printed = false;
  processors::forget_all();
}

void cover_new_objects() noexcept {
  if (self() && patch::cover_all(unblock_entry) < 0) log::warning(log::patch, patch::reason());
}

bool sites_rewritten() noexcept { return rewritten; }

void print_stats() noexcept {
  if (!options::values().stats || stats_printed.exchange(true)) return;
  static constinit patch::ObjectCount counts[limits::stats_objects];
  static constinit stats::Object objects[limits::stats_objects];
  const std::size_t found = patch::counts(counts, limits::stats_objects);
  for (std::size_t i = 0; i < found; ++i)
    objects[i] = {counts[i].name, counts[i].sites, counts[i].jumps, counts[i].traps, counts[i].left};
  stats::print({objects, found});
}

void exit_process(int status) noexcept {
  stalls::report();
  print_stats();
  for (;;) kernel::call(SYS_exit_group, status);
}

long name_process(const char* name) noexcept {
  // By way of /proc, since the caller may be on another kernel thread.
  char path[64] = {};
  format::Writer writer(path, sizeof path - 1);
  writer.put("/proc/self/task/");
  writer.put(kernel::call(SYS_getpid));
  writer.put("/comm");
  const long fd = kernel::call(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return kernel::call(SYS_prctl, 15, name);  // PR_SET_NAME
  kernel::call(SYS_write, fd, name, __builtin_strlen(name));
  kernel::call(SYS_close, fd);
  return 0;
}

}  // namespace unblock::runtime
