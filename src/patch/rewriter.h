// Writes into text that is mapped.
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
/// The text is never writable and executable at once: no other thread may be in it.
[[nodiscard]] int rewrite(const Object& object, Edit* edits, std::size_t count) noexcept;

/// A change of one instruction, at `address`, that threads which execute it see whole or not at all. The
/// bytes that take more than one store are fenced off before.
struct LiveEdit {
  std::uintptr_t address = 0;
  std::uint8_t bytes[2] = {};        ///< what the instruction begins with in the end
  std::uintptr_t fence = 0;          ///< there, or a no-op elsewhere
  std::uint8_t fence_bytes[2] = {};  ///< a jump to itself, or over the no-op
  std::uint8_t body_size = 0;
  std::uint8_t body[Edit::most] = {};  ///< from fence + 2 on
};

/// Applies `edits` while other threads execute the text of `object`, which is writable besides for that
/// time. Returns 0, or a negative error number with nothing changed: see mprotect(2), membarrier(2). Neither
/// waits for the others nor interrupts them. Blocks signals meanwhile; calls no library.
[[nodiscard]] int rewrite_beside(const Object& object, const LiveEdit* edits, std::size_t count) noexcept;

}  // namespace unblock::patch
