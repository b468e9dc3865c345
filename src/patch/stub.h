// Writes the code a rewritten site jumps to. The picture is in patch.h.
#pragma once

#include <cstddef>
#include <cstdint>

#include "site_finder.h"

namespace unblock::patch {

/// Room for the stub of any site with its record, in bytes.
constexpr std::size_t stub_room = 192;

/// Writes stubs one behind the other into memory it is given.
class StubWriter {
 public:
  StubWriter(Range memory, void (*entry)(), std::uint64_t flags, const Decoder& decoder) noexcept
      : at_(memory.begin), end_(memory.end), entry_(reinterpret_cast<std::uintptr_t>(entry)), flags_(flags),
        decoder_(decoder) {}

  /// Writes the stub of a site with a verdict of jump or trap, and notes its address in the site. A
  /// window that cannot be moved here after all (its operands out of reach) becomes a trap. False if
  /// there is no room.
  [[nodiscard]] bool write(Site& site) noexcept;

  /// Where the next stub would go.
  [[nodiscard]] std::uintptr_t end() const noexcept { return at_; }

 private:
  [[nodiscard]] bool write_code(Site& site) noexcept;
  [[nodiscard]] bool move(std::uintptr_t begin, std::uintptr_t end) noexcept;
  [[nodiscard]] bool move(const Instruction& instruction) noexcept;
  [[nodiscard]] bool distance(std::uintptr_t target) noexcept;
  void bytes(const void* from, std::size_t size) noexcept;
  template <std::size_t size>
  void code(const unsigned char (&opcode)[size]) noexcept {
    bytes(opcode, size);
  }

  std::uintptr_t at_;
  const std::uintptr_t end_;
  const std::uintptr_t entry_;
  const std::uint64_t flags_;
  const Decoder& decoder_;
};

}  // namespace unblock::patch
