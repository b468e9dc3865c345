// The rounds of an iterative server: leaving with a connection, and coming home.
#include "siblings/siblings.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/resource.h>
#include <utility>

#include "descriptors/descriptors.h"
#include "fibers/processors.h"
#include "fibers/scheduler.h"
#include "kernel.h"
#include "log.h"
#include "options.h"
#include "runtime.h"
#include "runtime_limits.h"
#include "siblings/homes.h"
#include "siblings/iterative.h"
#include "signals/alarms.h"
#include "signals/signals.h"
#include "stats.h"
#include "waits/waiting.h"

namespace unblock::siblings {

namespace detail {
constinit bool wanted = false;
constinit bool founded = false;
constinit int serving = 0;
}

namespace {

using detail::serving;

struct State {
  Fiber* principal = nullptr;
  Fiber* heir = nullptr;       // has come home and waits to go on as the principal, whose flow is to end
  Fiber* successor = nullptr;  // the heir, once that has ended
  bool at_home = false;        // the principal is in a call in which it may be taken the place of
  bool dividing = true;
  bool selects = false;  // descriptors must be below FD_SETSIZE
  int latest = 0;        // the last connection's number: the lowest that was free
};

constinit State state;

// Descriptors from before the first connection, those beyond the table's end excepted.
constinit std::uint64_t shared[limits::shared_descriptors / 64];

bool within(int fd) noexcept { return fd >= 0 && static_cast<std::size_t>(fd) < limits::shared_descriptors; }

void note_shared() noexcept {
  for (int fd = 0; within(fd); ++fd) {
    const std::uint64_t bit = std::uint64_t{1} << fd % 64;
    const bool open = kernel::call(SYS_fcntl, fd, F_GETFD) >= 0;
    open ? shared[fd / 64] |= bit : shared[fd / 64] &= ~bit;
  }
}

// The principal waits for `fd`: if connections come by it, it is one of those that siblings come back to.
// Unless it serves itself, and expects somebody there.
bool make_home(int fd) noexcept { return homes::has(fd) || (state.dividing && homes::add(fd)); }

bool waits_at_home(const HomeCall& call) noexcept {
  bool found = false;
  static_cast<void>(call.any_awaited([&](int fd) {
    found |= make_home(fd);
    return false;
  }));
  return found;
}

void decline(const char* why) noexcept {
  detail::wanted = state.dividing = false;
  iterative::decline(why);
}

// Makes `fiber`, which waits for connections, the principal.
bool begin(Fiber& fiber, const HomeCall& call) noexcept {
  if (!fiber.main || !call.waits() || !call.any_awaited(homes::listens)) return false;
  if (fibers::live() > 1 || processors::count() > 1) return decline("it has threads"), false;
  if (!slices::found(fiber)) return decline("it does not run on the stack that the kernel gave it"), false;
  note_shared();
  state.principal = &fiber;
  detail::founded = true;
  return true;
}

// Whether the next connection's number, and a few more for those who serve, are within the limit.
bool descriptors_left() noexcept {
  rlimit limit{};
  kernel::call(SYS_prlimit64, 0, RLIMIT_NOFILE, nullptr, &limit);
  const rlim_t most = state.selects ? std::min<rlim_t>(limit.rlim_cur, FD_SETSIZE) : limit.rlim_cur;
  const rlim_t usable = most - most / 8;
  if (static_cast<rlim_t>(state.latest) < usable) return true;
  const long lowest = kernel::call(SYS_fcntl, homes::any(), F_DUPFD_CLOEXEC, 0);
  if (lowest < 0) return lowest != -EMFILE;
  kernel::call(SYS_close, lowest);
  state.latest = static_cast<int>(lowest);
  return static_cast<rlim_t>(lowest) < usable;
}

bool full() noexcept {
  return serving >= options::values().max_siblings || (serving > 0 && !descriptors_left());
}

// Leaves further connections in the backlog until somebody has ended. 0 or -EINTR.
long wait_for_room(Fiber& fiber) noexcept {
  while (full()) {
    const long result = edge::serve(fiber, nullptr, [](Fiber& waiter) {
      return waiting::until(waiter, never) == -EINTR ? waiting::restart_if_asked : 0;
    });
    if (result < 0) return result;
  }
  return 0;
}

// A fiber for the flow that leaves, with what a thread would inherit. Null if there is no memory.
Fiber* make_server(Fiber& principal) noexcept {
  Fiber* server = fibers::create();
  if (!server) return nullptr;
  if (!slices::join(*server, principal)) {
    fibers::destroy(*server);
    return nullptr;
  }
  server->context.fs = principal.context.fs;
  server->home = principal.home;
  server->in_runtime = principal.in_runtime;
  server->robust = principal.robust;
  server->signals.mask.store(principal.signals.mask.load(std::memory_order_relaxed),
                             std::memory_order_relaxed);
  server->signals.alternate = principal.signals.alternate;
  __builtin_memcpy(server->name, principal.name, sizeof server->name);
  return server;
}

// Returns twice: true in the copy that stays at home. Only once, as the principal, if there is no memory.
bool divide(Fiber& principal, int connection) noexcept {
  ++principal.in_runtime;
  Fiber* server = make_server(principal);
  if (!server) {
    --principal.in_runtime;
    return false;
  }
  server->sibling->connection = connection;
  server->sibling->accepted = connection >= 0;
  stats::count(stats::siblings_created);
  stats::raise(stats::siblings_peak, ++serving);
  scheduler::acquire(principal);
  scheduler::split(principal, *server);
  Fiber& here = *self();
  scheduler::release(here);
  --here.in_runtime;
  return &here == &principal;
}

[[noreturn]] void end(Fiber& fiber) noexcept {
  alarms::forget(fiber);
  signals::discard(fiber);
  ++fiber.in_runtime;
  --serving;
  scheduler::exit(fiber);
}

// The principal's flow is over. It stays asleep until somebody goes on as its fiber.
[[noreturn]] void step_down(Fiber& fiber) noexcept {
  ++fiber.in_runtime;
  scheduler::acquire(fiber);
  state.successor = std::exchange(state.heir, nullptr);
  slices::abandon();
  scheduler::wake(*state.successor, 0);
  for (;;) scheduler::park(fiber);
}

// The calling sibling has come home and takes the place of the principal, for what the loop does between two
// connections it has done last: memory that the one who waits still points to may be gone. A principal who is
// away, since it serves itself or does what it does now and then, is waited for.
void take_over(Fiber& fiber) noexcept {
  ++fiber.in_runtime;
  scheduler::acquire(fiber);
  if (Fiber* former = std::exchange(state.heir, &fiber)) scheduler::wake(*former, 0);
  while (state.heir == &fiber) {
    scheduler::prepare_wait(fiber);
    if (state.at_home) scheduler::wake(*state.principal, -EINTR);
    scheduler::park(fiber);
  }
  if (state.successor != &fiber) {  // somebody else came home since
    scheduler::release(fiber);
    end(fiber);
  }
  state.successor = nullptr;
  --serving;
  alarms::inherit(fiber, *state.principal);
  signals::inherit(fiber, *state.principal);
  slices::go_on_as(*state.principal);
  scheduler::release(*self());
  --self()->in_runtime;
}

bool is_open(int fd) noexcept { return fd >= 0 && kernel::call(SYS_fcntl, fd, F_GETFD) >= 0; }

// A sibling that serves, or has, makes a call in which it may be at home.
void come_back(Fiber& fiber, const HomeCall& call) noexcept {
  const Sibling& sibling = *fiber.sibling;
  if ((call.accepts() && !sibling.accepted) || !call.any_awaited(homes::has) || !call.waits()) return;
  if (is_open(sibling.connection) && std::exchange(state.dividing, false))
    iterative::decline("it keeps a connection while it waits for the next");
  take_over(fiber);
}

}  // namespace

void prepare() noexcept { detail::wanted = options::values().iterative; }

void gate(const HomeCall& call) noexcept {
  if (!detail::wanted || !call.readable() || !call.waits() || !call.any_awaited(homes::listens)) return;
  if (const char* obstacle = iterative::obstacle())
    decline(obstacle);
  else if (!runtime::activate())
    detail::wanted = false;
}

long come(const HomeCall& call) noexcept {
  Fiber& fiber = *self();
  if (!fiber.sibling && !begin(fiber, call)) return 0;
  state.selects |= call.selects();
  if (&fiber != state.principal) come_back(fiber, call);
  if (self() != state.principal) return 0;
  state.at_home = waits_at_home(call);
  if (superseded(*state.principal)) step_down(*state.principal);
  return state.at_home && call.accepts() && state.dividing ? wait_for_room(*state.principal) : 0;
}

Away::Away(const Fiber& fiber) noexcept : was_at_home_(&fiber == state.principal && state.at_home) {
  if (was_at_home_) state.at_home = false;
}

Away::~Away() {
  if (was_at_home_) state.at_home = true;
}

void leave_home() noexcept {
  if (self() == state.principal) state.at_home = false;
}

bool depart(const HomeCall& call, long& result, Nanoseconds deadline) noexcept {
  Fiber& fiber = *self();
  if (!fiber.sibling || (!call.accepts() && result == 0) || !call.any_ready(homes::has)) return false;
  if (&fiber != state.principal) {
    if (!call.accepts()) return false;
    fiber.sibling->accepted = true;
    fiber.sibling->connection = state.latest = static_cast<int>(result);
    return false;
  }
  if (!call.accepts() && superseded(fiber)) step_down(fiber);
  if (!call.accepts() && (state.dividing || several())) result -= homes::keep_one(call);
  if (!state.dividing) return false;
  if (call.accepts()) state.latest = static_cast<int>(result);
  while (!call.accepts() && full()) static_cast<void>(wait_for_room(fiber));
  if (!divide(fiber, call.accepts() ? static_cast<int>(result) : -1)) return false;
  if (deadline != never) self()->restart_deadline = deadline;
  return true;
}

bool superseded(const Fiber& fiber) noexcept {
  return state.heir && state.at_home && &fiber == state.principal;
}

void interrupted(Fiber& fiber) noexcept {
  if (superseded(fiber)) step_down(fiber);
}

bool share(int fd) noexcept { return founded() && within(fd) && (shared[fd / 64] >> fd % 64 & 1) != 0; }

void detail::closed(int fd) noexcept {
  if (share(fd)) shared[fd / 64] &= ~(std::uint64_t{1} << fd % 64);
  const Fiber* fiber = self();
  if (fiber && fiber->sibling && fiber->sibling->connection == fd) fiber->sibling->connection = -1;
  homes::closed(fd);
}

void thread_starts() noexcept {
  if (!detail::wanted || !state.dividing) return;
  if (!state.principal) return decline("it starts threads");
  state.dividing = false;
  iterative::decline("it starts threads");
}

void forget() noexcept {
  slices::forget();
  homes::forget();
  state = {};
  detail::founded = false;
  serving = 0;
}

}  // namespace unblock::siblings
