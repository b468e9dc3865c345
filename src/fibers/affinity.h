// On which CPUs threads may run: sched_setaffinity(2). Fibers share kernel threads, so what is set for one is
// kept to be told; the kernel threads may run wherever some fiber may.
#pragma once

#include <cstddef>

#include "runtime_limits.h"

namespace unblock {

struct Fiber;

namespace affinity {

/// As sched_setaffinity(2) for `fiber`: the kernel says which of the CPUs asked for there are for it. Those
/// the process' kernel threads do not run on so far, they run on from now on. Returns 0, -EFAULT, -EINVAL,
/// -EPERM. Any fiber.
[[nodiscard]] long set(Fiber& fiber, std::size_t size, const unsigned long* mask) noexcept;

/// As sched_getaffinity(2) for `fiber`. Any fiber.
[[nodiscard]] long get(const Fiber& fiber, std::size_t size, unsigned long* mask) noexcept;

/// Sets it of the calling kernel thread: for a fork's child, which is the fiber's own process.
void make_real(const Fiber& fiber) noexcept;

/// For a fork's child, after make_real().
void forget() noexcept;

}  // namespace affinity
}  // namespace unblock
