// Reading memory of our own that may not be there.
#pragma once

#include <cstddef>
#include <cstdint>

namespace unblock {

/// Copies up to `bytes` bytes at `from`, as far as they can be read; says how many that were. On any kernel
/// thread, whether its faults are handled or not. Async-signal-safe.
std::size_t peek(void* to, std::uintptr_t from, std::size_t bytes) noexcept;

}  // namespace unblock
