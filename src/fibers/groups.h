// Groups of fibers: those that descend from one thread that called unblock_start(), and that thread.
#pragma once

#include <atomic>
#include <cstdint>

#include "fibers/fiber.h"
#include "runtime_limits.h"

namespace unblock {

/// Its place in the table is taken as long as it has a fiber. Number 0 is a preloaded program's only one.
struct Group {
  std::atomic<int> fibers{0};
  std::atomic<std::uint32_t> ended{0};  ///< a futex, for who waits for the others
  std::atomic<bool> awaited{false};
  std::atomic<Fiber*> founder{nullptr};  ///< may have ended
  Carrier* own = nullptr;                ///< its kernel thread, if that runs nobody else
};

namespace groups {

/// Of those that libc made for itself and that never end, and of theirs: nobody waits for them.
constexpr unsigned of_libc = limits::groups;

/// The number of a group that has no fibers, or -1 if there are too many. One thread at a time.
[[nodiscard]] int vacant() noexcept;

/// Makes `fiber`, the only one there, the founder of its group.
void found(Fiber& fiber) noexcept;

/// A fiber has come to be in that group, has ended. One kernel thread at a time: by the lock of the table of
/// all fibers.
void joined(unsigned group) noexcept;
void left(unsigned group) noexcept;

/// Tells who waits for others in that group, if somebody does, after one has left. Any kernel thread.
void tell_who_waits(unsigned group) noexcept;

/// The group of `fiber`.
[[nodiscard]] Group& of(const Fiber& fiber) noexcept;

/// The live founder whose kernel thread had this tid, or null.
[[nodiscard]] Fiber* founder(pid_t tid) noexcept;

/// How many groups there are.
[[nodiscard]] int count() noexcept;

/// Waits in `founder` until all others of its group have ended. 0, or a restart code, waiting::past_limit.
[[nodiscard]] long wait_for_others(Fiber& founder) noexcept;

/// In a fork's child: there are none.
void forget_all() noexcept;

}  // namespace groups
}  // namespace unblock
