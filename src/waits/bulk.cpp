// Who moves bytes in bulk.
#include "waits/bulk.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <x86intrin.h>

#include "entry/in_place.h"

namespace unblock::bulk {

namespace {

constinit std::atomic<unsigned> moving{0};  // kernel threads that move bytes, or wait to

}  // namespace

void detail::count(Fiber& fiber, long moved) noexcept {
  constexpr int most = flowing - 1;
  static_assert(limits::bulk_units <= most);
  const auto period = static_cast<std::uint8_t>(__rdtsc() >> limits::bulk_period);
  int units = fiber.bulk & most;
  std::uint8_t state = fiber.bulk & flowing;
  if (period != fiber.bulk_period) {
    const auto passed = static_cast<std::uint8_t>(period - fiber.bulk_period);
    if (passed > 1 || units < limits::bulk_units) state = 0;
    fiber.bulk_period = period;
    units = 0;
  }
  if (moved >= limits::bulk_transfer)
    units += static_cast<int>(std::min<long>(moved / limits::bulk_transfer, most - units));
  if (units >= limits::bulk_units) state = flowing;
  fiber.bulk = static_cast<std::uint8_t>(state | units);
}

bool detail::has_room(const Fiber& fiber) noexcept {
  return moving.load(std::memory_order_relaxed) < limits::bulk_threads && in_place::may_sleep(fiber);
}

long move(Fiber& fiber, long nr, const long (&arguments)[6]) noexcept {
  moving.fetch_add(1, std::memory_order_relaxed);
  const long result = in_place::sleeping(fiber, nr, arguments);
  moving.fetch_sub(1, std::memory_order_relaxed);
  // Where some was done the result does not tell.
  fiber.cut_short |= fiber.signals.attention.load(std::memory_order_relaxed) != 0;
  note(fiber, result);
  if (result == -EAGAIN) fiber.bulk = 0;  // the program does not want it to wait, after all
  return result;
}

}  // namespace unblock::bulk
