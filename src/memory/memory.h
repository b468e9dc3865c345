// The runtime's own memory, straight from the kernel: malloc's locks and hooks belong to the program.
#pragma once

#include <cstddef>

namespace unblock::memory {

/// Maps `bytes` (rounded up to pages) of zeroes. Null if there are none. See mmap(2).
[[nodiscard]] void* map(std::size_t bytes) noexcept;
/// Gives back what map() gave.
void unmap(void* start, std::size_t bytes) noexcept;

/// Maps a stack of `bytes` above a guard page; returns its lowest usable byte, or null.
[[nodiscard]] void* map_stack(std::size_t bytes) noexcept;
void unmap_stack(void* lowest, std::size_t bytes) noexcept;

/// As realloc(3), and as its free when `bytes` is 0: for libev's few arrays and our own growing ones.
/// One mapping each, so meant for blocks that are large or few. Null if there is no memory.
[[nodiscard]] void* resize(void* block, std::size_t bytes) noexcept;

}  // namespace unblock::memory
