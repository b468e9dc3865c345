// The tables made of the list of calls, and the dispatcher that entry.S calls.
#include "entry/dispatch.h"

#include <array>
#include <cpuid.h>
#include <utility>

#include "calls/handlers.h"
#include "calls/list.h"
#include "calls/natively.h"
#include "embedding.h"
#include "entry/brief.h"
#include "entry/edge.h"
#include "entry/in_place.h"
#include "entry/outsiders.h"
#include "entry/process.h"
#include "facilities.h"
#include "options.h"
#include "sandbox.h"
#include "siblings/siblings.h"

extern "C" {
// For entry.S.
[[gnu::visibility("hidden")]] std::uint8_t unblock_routes[unblock::dispatch::routes];
[[gnu::visibility("hidden")]] std::uint32_t unblock_vector_state;
[[gnu::visibility("hidden")]] std::uint64_t unblock_vector_bytes;
[[gnu::visibility("hidden")]] [[gnu::tls_model(
    "initial-exec")]] thread_local constinit void* unblock_clone_site = nullptr;
[[gnu::visibility("hidden")]] unblock::Verdict unblock_dispatch(unblock::Frame* frame);
[[gnu::visibility("hidden")]] void unblock_after_clone(unblock::Frame* frame);
[[gnu::visibility("hidden")]] void unblock_settle(unblock::Frame* frame);
}

namespace unblock::dispatch {

namespace {

using Handler = long (*)(Fiber& fiber, const long (&arguments)[6]) noexcept;

template <class T>
T argument(long word) noexcept {
  if constexpr (std::is_pointer_v<T>)
    return reinterpret_cast<T>(word);
  else
    return static_cast<T>(word);
}

// A handler's own signature, taken from the six words.
template <auto function, class... Args, std::size_t... index>
long adapt(long (*)(Fiber&, Args...) noexcept, std::index_sequence<index...>, Fiber& fiber,
           const long (&words)[6]) noexcept {
  static_cast<void>(words);
  return function(fiber, argument<Args>(words[index])...);
}

template <class... Args>
constexpr auto indices(long (*)(Fiber&, Args...) noexcept) noexcept {
  return std::index_sequence_for<Args...>{};
}

template <auto function>
long adapted(Fiber& fiber, const long (&words)[6]) noexcept {
  return adapt<function>(function, indices(function), fiber, words);
}

template <long nr>
long sleeps(Fiber& fiber, const long (&words)[6]) noexcept {
  return in_place::sleeping(fiber, nr, words);
}

template <long nr>
long perhaps(Fiber& fiber, const long (&words)[6]) noexcept {
  return in_place::perhaps(fiber, nr, words);
}

template <long nr>
long natively(Fiber& fiber, const long (&words)[6]) noexcept {
  return calls::natively(fiber, nr, words);
}

#define UNBLOCK_HANDLER_Fiber(name) adapted<calls::name>
#define UNBLOCK_HANDLER_Sleeps(name) sleeps<SYS_##name>
#define UNBLOCK_HANDLER_Perhaps(name) perhaps<SYS_##name>

constinit std::array<Handler, routes> table{};

// Calls that only we can answer for a fiber.
constexpr std::array<bool, routes> find_core() noexcept {
  std::array<bool, routes> core{};
#define UNBLOCK_CORE(name, how, facility) core[SYS_##name] = Facility::facility == Facility::Core;
  UNBLOCK_CALLS(UNBLOCK_CORE)
#undef UNBLOCK_CORE
#define UNBLOCK_CORE(name) core[SYS_##name] = true;
  UNBLOCK_CALLS_FROM_ANYWHERE(UNBLOCK_CORE)
#undef UNBLOCK_CORE
  core[SYS_rt_sigreturn] = true;
  return core;
}

constexpr std::array<bool, routes> core = find_core();

// Calls that are routed to the dispatcher for some, or at some time.
constexpr std::array<bool, routes> find_routed() noexcept {
  std::array<bool, routes> routed{};
#define UNBLOCK_ROUTED(name, ...) routed[SYS_##name] = true;
  UNBLOCK_CALLS(UNBLOCK_ROUTED)
  UNBLOCK_CALLS_OF_OUTSIDERS(UNBLOCK_ROUTED)
  UNBLOCK_CALLS_FROM_ANYWHERE(UNBLOCK_ROUTED)
#undef UNBLOCK_ROUTED
  return routed;
}

constexpr std::array<bool, routes> routed = find_routed();

void fill_table(const Facilities& left_out) noexcept {
#define UNBLOCK_ENTRY(name, how, facility) \
  table[SYS_##name] = left_out.has(Facility::facility) ? natively<SYS_##name> : UNBLOCK_HANDLER_##how(name);
  UNBLOCK_CALLS(UNBLOCK_ENTRY)
#undef UNBLOCK_ENTRY
}

constexpr bool known(long nr) noexcept { return nr >= 0 && nr < static_cast<long>(routes); }

// Null for those that are not in the list.
Handler handler_of(long nr) noexcept { return known(nr) ? table[static_cast<std::size_t>(nr)] : nullptr; }

}  // namespace

bool concerns_us(long nr) noexcept { return !known(nr) || routed[static_cast<std::size_t>(nr)]; }

void initialise() noexcept {
  fill_table(options::values().except);
  for (unsigned nr = 0; nr < routes; ++nr) unblock_routes[nr] = table[nr] ? Fibers : Kernel;
#define UNBLOCK_ROUTE(name) unblock_routes[SYS_##name] = FromAnywhere;
  UNBLOCK_CALLS_FROM_ANYWHERE(UNBLOCK_ROUTE)
#undef UNBLOCK_ROUTE
  if (siblings::wanted()) {
    for (unsigned nr = 0; nr < routes; ++nr)
      if (HomeCall::is(nr)) unblock_routes[nr] = FromAnywhere;
  } else {
    for (const long nr : brief::calls) unblock_routes[nr] = Brief;
  }
}

// XSAVE's components, less the tile registers: eight kilobytes that nobody keeps across a system call.
void find_vector_state() noexcept {
  constexpr unsigned leaf = 0xd, compacted = 1 << 1;
  constexpr std::uint32_t tiles = 3 << 17;
  unsigned eax, ebx, ecx, edx;
  if (!__get_cpuid_count(leaf, 1, &eax, &ebx, &ecx, &edx) || !(eax & compacted)) return;
  unblock_vector_bytes = ebx;
  std::uint32_t low, high;
  asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  unblock_vector_state = low & ~tiles;
}

bool can_be_native(long nr) noexcept {
  return !known(nr) || !core[static_cast<std::size_t>(nr)];
}

void route_outsiders(bool here) noexcept {
  const auto route = [here](long nr) -> std::uint8_t {
    if (here) return FromAnywhere;
    return !siblings::wanted() && brief::answers(nr) ? Brief : Fibers;
  };
#define UNBLOCK_ROUTE(name) unblock_routes[SYS_##name] = route(SYS_##name);
  UNBLOCK_CALLS_OF_OUTSIDERS(UNBLOCK_ROUTE)
#undef UNBLOCK_ROUTE
}

long answer(Fiber& fiber, long nr, const long (&arguments)[6]) noexcept {
  const Handler handler = handler_of(nr);
  return handler ? handler(fiber, arguments) : in_place::perhaps(fiber, nr, arguments);
}

}  // namespace unblock::dispatch

namespace unblock {

namespace {

// The answer to what a fiber has called; `fiber` is null if that was none until just now.
long serve(Fiber* fiber, Frame* frame, long nr) {
  const long(&arguments)[6] = frame->arguments;
  if (fiber && fiber->native_only && dispatch::can_be_native(nr)) [[unlikely]]
    return edge::serve(*fiber, frame, [&](Fiber& served) { return calls::natively(served, nr, arguments); });
  return siblings::serve(nr, arguments, [&] {
    return edge::serve(*self(), frame,
                       [&](Fiber& served) { return dispatch::answer(served, nr, arguments); });
  });
}

// By itself, for the registers and the stack that it takes, which most calls do without.
[[gnu::noinline]] Verdict dispatch_unusual(Frame* frame, Fiber* fiber) {
  const long nr = static_cast<long>(frame->rax);
  const bool not_its_own = fiber && fiber->native_only;
  if (not_its_own && (fiber->native_only & Fiber::as_child))
    return nr == SYS_futex ? process::futex_in_child(*fiber, *frame) : Verdict::Native;
  sandbox::Request request;
  if (!fiber && sandbox::asks(nr, frame->arguments, request) && !sandbox::passes(request)) {
    frame->rax = static_cast<std::uint64_t>(-EINVAL);
    return Verdict::Answered;
  }
  if (!fiber && outsiders::present()) return outsiders::answer(*frame);
  long result;
  switch (nr) {
    case SYS_clone:
    case SYS_clone3:
    case SYS_fork:
    case SYS_vfork: return process::clone(*frame);
    case SYS_rt_sigaction: result = process::rt_sigaction(fiber, *frame); break;
    default:
      if (!fiber) siblings::gate({nr, frame->arguments});
      if (!self()) return Verdict::Native;
      result = serve(fiber, frame, nr);
  }
  if (not_its_own) [[unlikely]]
    embedding::after_call(*fiber);
  frame->rax = static_cast<std::uint64_t>(result);
  return Verdict::Answered;
}

}  // namespace
}  // namespace unblock

unblock::Verdict unblock_dispatch(unblock::Frame* frame) {
  using namespace unblock;
  Fiber* fiber = self();
  const dispatch::Handler handler = dispatch::handler_of(static_cast<long>(frame->rax));
  if (!fiber || fiber->native_only || !handler || siblings::wanted()) [[unlikely]]
    return dispatch_unusual(frame, fiber);
  const long result =
      edge::serve(*fiber, frame, [&](Fiber& served) { return handler(served, frame->arguments); });
  frame->rax = static_cast<std::uint64_t>(result);
  return Verdict::Answered;
}

void unblock_settle(unblock::Frame* frame) {
  using namespace unblock;
  const long result = static_cast<long>(frame->rax);
  frame->rax = static_cast<std::uint64_t>(edge::serve(*self(), frame, [=](Fiber&) { return result; }));
}

void unblock_after_clone(unblock::Frame* frame) { unblock::process::after_clone(*frame); }
