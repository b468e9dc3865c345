// Activation and its undoing.
#include "runtime.h"

#include <atomic>
#include <cerrno>
#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include "descriptors/descriptors.h"
#include "descriptors/early_sockets.h"
#include "embedding.h"
#include "entry/dispatch.h"
#include "entry/outsiders.h"
#include "events.h"
#include "fences.h"
#include "fibers/adoption.h"
#include "fibers/carrier.h"
#include "fibers/context.h"
#include "fibers/credentials.h"
#include "fibers/groups.h"
#include "fibers/kernel_thread.h"
#include "fibers/processors.h"
#include "fibers/scheduler.h"
#include "fibers/scheduling.h"
#include "kernel.h"
#include "log.h"
#include "memory/memory.h"
#include "memory/stacks.h"
#include "memory/tls_reserve.h"
#include "options.h"
#include "patch/patch.h"
#include "sandbox.h"
#include "siblings/siblings.h"
#include "signals/signals.h"
#include "signals/posix_timers.h"
#include "stats.h"
#include "view.h"
#include "waits/own_thread.h"
#include "waits/parking_lot.h"
#include "waits/waiting.h"
#include "watchdog/stalls.h"
#include "watchdog/watchdog.h"

// entry.S
extern "C" [[gnu::visibility("hidden")]] void unblock_entry();

namespace unblock::runtime {

constinit Lock changing;

namespace {

constinit bool by_itself = false;  // the first thread's creation activates
constinit bool refused = false;    // it was tried and cannot be: no second line about it
constinit bool seeks_leaks = false;
constinit bool rewritten = false;
constinit bool beside = false;
constinit std::atomic<bool> stats_printed{false};

bool refuse(const char* why) noexcept {
  refused = true;
  if (options::values().strict) {
    log::error(log::core, "cannot run this program's threads as fibers: ", why);
    kernel::call(SYS_exit_group, 125);
  }
  log::warning(log::core, "this program runs natively: ", why);
  return false;
}

// Every site that stays as it is, and why.
void report_sites() noexcept {
  if (!log::enabled(log::patch, log::Level::debug)) return;
  const auto report = [](const patch::LeftAlone& site, void*) {
    log::debug(log::patch, site.object, ": ", format::Hex{site.address}, " left alone: ", site.why);
  };
  patch::for_each_left(report, nullptr);
}

// The dispositions first: traps need their handler before the first one is written. False with reason() said.
bool take_over(patch::Others others) noexcept {
  signals::adopt_dispositions();
  dispatch::find_vector_state();
  rewritten = true;
  if (patch::cover_all(unblock_entry, others) == 0) return true;
  signals::hand_over();
  return false;
}

// Null, or why not, with everything as it was.
const char* bring_up(patch::Others others) noexcept {
  signals::find_descriptors();
  // Everything that can fail comes before anything that shows.
  if (processors::count() == 0 && !processors::create()) return "no memory or descriptors for its event loop";
  Fiber* main = adoption::prepare(others);
  if (!main) return "no memory for its first carrier";
  signals::adopt(*main);
  const char* refusal = take_over(others) ? nullptr : patch::reason();
  if (!refusal && others == patch::Others::running && !carriers::give(processors::at(0))) {
    signals::hand_over();
    refusal = "the kernel has no thread for its first carrier";
  }
  if (refusal) {
    signals::hand_over(*main);
    adoption::undo(*main);
    return refusal;
  }
  // Beyond this point libc's calls come to us.
  report_sites();
  fences::prepare();
  beside = others == patch::Others::running;
  if (beside) outsiders::admit();
  adoption::begin(*main);
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
  patch::cover_only(dispatch::concerns_us);
  seeks_leaks = dlsym(RTLD_DEFAULT, "__lsan_do_leak_check");
  if (kernel_thread::count() > 1) return refuse("it had threads before this library was loaded");
  if (patch::cover_gate(unblock_entry, siblings::wanted()) < 0) return refuse(patch::reason());
  return true;
}

void foresee() noexcept {
  fences::prepare();
  patch::foresee_others();
  descriptors::make_room();
}

Fiber* activate() noexcept {
  if (!by_itself) return nullptr;
  Guard guard(changing);
  if (refused || active()) return nullptr;
  const char* obstacle = sandbox::obstacle();
  // It stops kernel threads to search their stacks: what only a fiber knows of it would call lost.
  if (seeks_leaks) obstacle = "it is built with a sanitizer that looks for leaks by kernel threads";
  if (obstacle) {
    refuse(obstacle);
    return nullptr;
  }
  // Whoever made threads without us has them for good. Where /proc is not mounted there are none that we know
  // of.
  const auto others = kernel_thread::count() <= 1 ? patch::Others::none : patch::Others::running;
  others == patch::Others::none ? early_sockets::adopt() : early_sockets::forget();
  if (const char* why = bring_up(others)) refuse(why);
  return self();
}

bool active() noexcept { return unblock_view.active.load(std::memory_order_relaxed); }

bool preloaded() noexcept { return by_itself; }

const char* start(patch::Others others) noexcept {
  stats::keep(options::values().stats);
  events::refresh();
  context::initialise();
  dispatch::initialise();
  patch::cover_only(dispatch::concerns_us);
  return bring_up(others);
}

const char* join() noexcept {
  Fiber* founder = adoption::prepare(patch::Others::running);
  if (!founder) return "no memory, or too many threads have started it";
  signals::adopt(*founder);
  adoption::begin(*founder);
  return nullptr;
}

bool beside_others() noexcept { return beside; }

bool admit_outsiders() noexcept {
  if (by_itself) return false;
  InRuntime inside(*self());
  if (outsiders::present()) return true;
  outsiders::admit();
  signals::listen_for_all();
  return true;
}

void leave(Fiber& founder) noexcept {
  ++founder.in_runtime;  // for good
  scheduler::go_home(founder, *groups::of(founder).own);
  adoption::end(founder);
}

void stop(Fiber& founder) noexcept {
  ++founder.in_runtime;  // for good
  embedding::end();
  watchdog::stop();
  if (outsiders::present()) outsiders::dismiss();
  if (Carrier* own = groups::of(founder).own) {
    scheduler::go_home(founder, *own);
    processors::close_all_but(nullptr);
  } else {
    scheduler::move_to_first_carrier(founder);
  }
  carriers::end_others();
  unblock_view.active.store(false, std::memory_order_relaxed);
  signals::hand_over();
  adoption::end(founder);
  processors::end_all();
  descriptors::shared();  // from now on the program closes and opens without us
  print_stats();
  stacks::disown_unused();
  stacks::forget();
  fibers::forget_all();
}

void forget(Fiber* survivor) noexcept {
  unblock_self = nullptr;
  outsiders::forget();
  changing.reset();
  unblock_view.active.store(false, std::memory_order_relaxed);
  embedding::end();
  siblings::forget();
  signals::forget(survivor);
  if (survivor) scheduling::make_real(*survivor);
  scheduling::forget_all();
  posix_timers::forget();
  own_thread::forget();
  watchdog::forget();
  patch::after_fork();
  credentials::forget();
  parking_lot::forget_all();
  carriers::forget_all();
  fibers::forget_all();
  stacks::forget();
  tls_reserve::forget(survivor && survivor->main);
  stats::reset();
  stats_printed = false;
  processors::forget_all();
}

void cover_new_objects() noexcept {
  const auto alone = by_itself ? patch::Others::none : patch::Others::later;
  const auto others = outsiders::present() ? patch::Others::running : alone;
  if (patch::cover_all(unblock_entry, others) < 0) log::warning(log::patch, patch::reason());
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

long name_thread(pid_t tid, const char* name) noexcept {
  // By way of /proc, since the caller may be on another kernel thread.
  const long fd = kernel_thread::open_file(tid, "comm", O_WRONLY);
  if (fd < 0) return kernel::call(SYS_prctl, 15, name);  // PR_SET_NAME
  kernel::call(SYS_write, fd, name, __builtin_strlen(name));
  kernel::call(SYS_close, fd);
  return 0;
}

}  // namespace unblock::runtime
