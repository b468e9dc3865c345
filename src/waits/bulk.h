// Bytes in bulk: a fiber that moves much at a time, and fast, waits in the kernel, as a thread does.
//
// The loop serves those that are ready in turn, each until nothing is left. Of many streams in bulk most
// queue up meanwhile, in megabytes that no cache holds when their turn comes, and copying those is all the
// work there is. Kernel threads are woken to the data that came last, on the core that it came from; what a
// switch between them costs is nothing beside the bytes. So a fiber has one while its stream is in bulk. The
// rest of the program goes on with another carrier.
#pragma once

#include <cstdint>

#include "fibers/fiber.h"
#include "runtime_limits.h"

namespace unblock::bulk {

namespace detail {
constexpr std::uint8_t flowing = 0x80;  // of Fiber.bulk; the rest is a count
void count(Fiber& fiber, long moved) noexcept;
[[nodiscard]] bool has_room(const Fiber& fiber) noexcept;
}  // namespace detail

/// `fiber`, the calling one, has read or written so many bytes of a stream that waits.
inline void note(Fiber& fiber, long moved) noexcept {
  if (moved >= limits::bulk_transfer || fiber.bulk) [[unlikely]]
    detail::count(fiber, moved);
}

/// Whether its next such call is one for move().
[[nodiscard]] inline bool flows(const Fiber& fiber) noexcept {
  return (fiber.bulk & detail::flowing) && detail::has_room(fiber);
}

/// Makes that call, system call `nr`, in the kernel, where it waits. Returns as in_place::sleeping() does.
long move(Fiber& fiber, long nr, const long (&arguments)[6]) noexcept;

}  // namespace unblock::bulk
