// A fiber's memory for waits with many parts.
#pragma once

#include <cstddef>

#include "fibers/fiber.h"
#include "memory/memory.h"

namespace unblock::calls {

/// At least `bytes` of the fiber's scratch memory, its contents undefined; null if there is none. Kept until
/// the fiber ends: a poll's descriptors are much the same the next time.
[[nodiscard]] inline void* scratch(Fiber& fiber, std::size_t bytes) noexcept {
  if (void* grown = memory::resize(fiber.scratch, bytes)) return fiber.scratch = grown;
  return nullptr;
}

}  // namespace unblock::calls
