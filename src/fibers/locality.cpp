// Fibers run where their packets arrive.
#include "fibers/locality.h"

#include <algorithm>
#include <atomic>
#include <cpuid.h>
#include <sys/socket.h>
#include <x86intrin.h>

#include "fibers/carrier.h"
#include "fibers/scheduler.h"
#include "kernel.h"
#include "stats.h"

namespace unblock::locality {

namespace {

enum class Tells : std::uint8_t { Unknown, No, Yes };
constinit std::atomic<Tells> rdtscp_tells{Tells::Unknown};

bool has_rdtscp() noexcept {
  constexpr unsigned extended_features = 0x80000001, rdtscp = 1 << 27;  // in edx
  unsigned eax, ebx, ecx, edx = 0;
  return __get_cpuid(extended_features, &eax, &ebx, &ecx, &edx) && (edx & rdtscp);
}

// By what Linux has the CPU keep for getcpu(2), a call that a program's filter may forbid. Negative if that is
// nothing.
int current_cpu() noexcept {
  if (rdtscp_tells.load(std::memory_order_relaxed) == Tells::Unknown)
    rdtscp_tells.store(has_rdtscp() ? Tells::Yes : Tells::No, std::memory_order_relaxed);
  if (rdtscp_tells.load(std::memory_order_relaxed) == Tells::No) return -1;
  unsigned node_and_cpu;
  __rdtscp(&node_and_cpu);
  return static_cast<int>(node_and_cpu & 0xfff);
}

// Negative if it is not known: no packet came yet, or what it is takes none.
int incoming_cpu(int fd) noexcept {
  int cpu;
  unsigned size = sizeof cpu;
  return kernel::call(SYS_getsockopt, fd, SOL_SOCKET, SO_INCOMING_CPU, &cpu, &size) == 0 ? cpu : -1;
}

// The processor whose holder ran there when it was last seen; null if there is none.
Processor* on_cpu(int cpu) noexcept {
  for (int number = 0; number < processors::count(); ++number) {
    Processor& processor = processors::at(number);
    if (processor.locality.cpu.load(std::memory_order_relaxed) == cpu && !processors::retired(processor))
      return &processor;
  }
  return nullptr;
}

// Whether one more may go from `here` to `there` before another comes back.
bool balanced(Processor& here, Processor& there) noexcept {
  if (there.locality.drawn.load(std::memory_order_relaxed) >
      here.locality.drawn.load(std::memory_order_relaxed))
    return false;
  there.locality.drawn.fetch_add(1, std::memory_order_relaxed);
  here.locality.drawn.fetch_sub(1, std::memory_order_relaxed);
  return true;
}

// Where a fiber of `here` that is about to wait for `fd` should be instead; null if it is right.
Processor* better_place(Processor& here, int fd) noexcept {
  const int cpu = current_cpu();
  here.locality.cpu.store(cpu, std::memory_order_relaxed);
  const int arrives = incoming_cpu(fd);
  if (arrives < 0 || arrives == cpu) return nullptr;
  Processor* there = on_cpu(arrives);
  return there && there != &here && balanced(here, *there) ? there : nullptr;
}

}  // namespace

void detail::look(Fiber& fiber, int fd) noexcept {
  Processor& here = *fiber.home;
  Processor::Locality& known = here.locality;
  const std::uint64_t tick = here.tick.load(std::memory_order_relaxed);
  if (tick < known.next_look.load(std::memory_order_relaxed) || fiber.carrier->alone()) [[likely]]
    return;
  Processor* there = better_place(here, fd);
  // Odd numbers, or in rounds of even ones it would be the same fibers' turn each time.
  const std::uint64_t longer = 2 * known.interval.load(std::memory_order_relaxed) + 1;
  const std::uint64_t interval =
      there ? limits::shortest_locality : std::min(longer, limits::longest_locality);
  known.interval.store(interval, std::memory_order_relaxed);
  known.next_look.store(tick + interval, std::memory_order_relaxed);
  if (!there) return;
  stats::count(stats::follows);
  scheduler::move_to(fiber, *there);
}

}  // namespace unblock::locality
