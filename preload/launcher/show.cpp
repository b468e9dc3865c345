// What a process under unblock is doing, as text.
#include "show.h"

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <string>

#include "fibers/carrier.h"
#include "fibers/fiber.h"
#include "stats.h"
#include "syscall_name.h"
#include "waits/event_loop.h"

namespace unblock::launcher {
namespace {

Nanoseconds now() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * second + time.tv_nsec;
}

std::string what_it_waits_for(const Fiber& fiber) {
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  if (fiber.io_waiter.queued)
    add("descriptor " + std::to_string(fiber.io_waiter.fd) +
        (fiber.io_waiter.events & Readable ? " to be readable" : " to be writable"));
  if (fiber.futex_node.bucket.load(std::memory_order_relaxed)) {
    char address[32];
    std::snprintf(address, sizeof address, "address 0x%" PRIxPTR, fiber.futex_node.address);
    add(address);
  }
  if (text.empty() && fiber.scratch) add("one of several");
  if (fiber.deadline_slot) {
    char time[48];
    std::snprintf(time, sizeof time, "%.3f s more",
                  static_cast<double>(std::max<Nanoseconds>(fiber.deadline - now(), 0)) / second);
    add(time);
  }
  return text.empty() ? "a signal" : text;
}

struct State {
  const char* word;
  std::string detail;
};

State state_of(const Attached& process, const Fiber& fiber) {
  if (fiber.wait.load(std::memory_order_relaxed) == Wait::Alone) return {"waiting", what_it_waits_for(fiber)};
  if (fiber.on_carrier.load(std::memory_order_relaxed)) {
    const Copy<Carrier> carrier(process, fiber.carrier);
    const std::uint64_t call = carrier ? carrier->call.load(std::memory_order_relaxed) & 0xffff : 0;
    if (!call) return {"running", ""};
    return {"in call", std::string(SyscallName(static_cast<long>(call) - 1).view())};
  }
  if (fiber.wait.load(std::memory_order_relaxed) == Wait::Waiting)
    return {"waiting", what_it_waits_for(fiber)};
  return {"ready", ""};
}

/// The process' name, which its threads have unless they were given another.
std::string name_of(const Attached& process) {
  std::string name;
  std::getline(std::ifstream("/proc/" + std::to_string(process.pid()) + "/comm"), name);
  return name;
}

void show_fiber(const Attached& process, const std::string& given, const Fiber& fiber) {
  const State state = state_of(process, fiber);
  std::printf("%10d  %-7s  %-15.15s  %s\n", fiber.tid, state.word, fiber.name[0] ? fiber.name : given.c_str(),
              state.detail.c_str());
}

/// Each live fiber, as the runtime's own table lists them. Some may end while we look.
template <class Visit>
int for_each_fiber(const Attached& process, Visit&& visit) {
  const Copy used(process, process.view().slots_used);
  const std::uint32_t slots = used ? used->load(std::memory_order_relaxed) : 0;
  int live = 0;
  for (std::uint32_t slot = 0; slot < slots; ++slot) {
    const Copy chunk(process, process.view().chunks + slot / fibers::detail::chunk_fibers);
    if (!chunk) break;
    const Copy<Fiber> fiber(process,
                            chunk->load(std::memory_order_relaxed) + slot % fibers::detail::chunk_fibers);
    if (!fiber || !fiber->live.load(std::memory_order_relaxed)) continue;
    ++live;
    visit(*fiber.operator->());
  }
  return live;
}

void show_counters(const Attached& process) {
  const Copy kept(process, process.view().counted);
  const Copy counters(process, process.view().counters);
  if (!kept || !*kept.operator->() || !counters) {
    std::puts("no counters: it was started without --stats");
    return;
  }
  for (unsigned i = 0; i < stats::counter_count; ++i)
    std::printf("  %-20s %12" PRId64 "  %s\n", stats::labels[i].name.data(),
                counters->values[i].load(std::memory_order_relaxed), stats::labels[i].meaning.data());
}

}  // namespace

void show(const Attached& process, bool counters) {
  if (!process.view().active.load(std::memory_order_relaxed)) {
    std::printf("process %d has one thread so far: it runs natively\n", process.pid());
    return;
  }
  const Copy made(process, process.view().processor_count);
  const int count = made ? made->load(std::memory_order_relaxed) : 0;
  const int limit = process.view().processors.load(std::memory_order_relaxed);
  const int live = for_each_fiber(process, [](const Fiber&) {});
  std::printf("process %d: %d fibers on %d processors\n", process.pid(), live,
              limit > 0 && limit < count ? limit : count);
  std::printf("%10s  %-7s  %-15s  %s\n", "TID", "STATE", "NAME", "WAITS FOR");
  const std::string name = name_of(process);
  for_each_fiber(process, [&](const Fiber& fiber) { show_fiber(process, name, fiber); });
  if (counters) show_counters(process);
}

}  // namespace unblock::launcher
