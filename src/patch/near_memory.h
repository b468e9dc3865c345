// Memory that an object's text can jump to.
#pragma once

#include <cstddef>

#include "objects.h"

namespace unblock::patch {

/// Maps `bytes` (whole pages) of zeroes, readable and writable, from where all of `image` can be reached
/// with 32 signed bits, and the other way round. An empty range if there is no room. See mmap(2).
[[nodiscard]] Range map_near(Range image, std::size_t bytes) noexcept;

/// Gives memory back.
void unmap(Range range) noexcept;

}  // namespace unblock::patch
