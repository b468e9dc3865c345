// Writes into text that is mapped, without its ever being writable and executable at once.
#pragma once

#include <cstddef>
#include <cstdint>

#include "objects.h"

namespace unblock::patch {

/// Bytes to put at an address; once applied, the bytes that were there.
struct Edit {
  static constexpr std::size_t most = 32;
  std::uintptr_t address = 0;
  std::uint8_t size = 0;
  std::uint8_t bytes[most] = {};
};

/// Applies `edits` (sorted by address, none across segments) to the text of `object`: all or none.
/// Returns 0 or a negative error number, see mprotect(2). Blocks signals meanwhile; calls no library.
[[nodiscard]] int rewrite(const Object& object, Edit* edits, std::size_t count) noexcept;

}  // namespace unblock::patch
