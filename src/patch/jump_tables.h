// Where the indirect jumps of a function may lead: the tables of its switches.
#pragma once

#include <cstddef>
#include <cstdint>

#include "instruction.h"
#include "objects.h"
#include "surroundings.h"

namespace unblock::patch {

/// Collects what may be tables while a function is decoded: whatever has its address taken.
class JumpTables {
 public:
  void see(const Instruction& instruction) noexcept {
    if (instruction.indirect_jump) jumped_ = true;
    if (!instruction.loads_address || !instruction.refers_to) return;
    if (count_ < most) table_[count_] = instruction.refers_to;
    ++count_;
  }

  void clear() noexcept {
    count_ = 0;
    jumped_ = false;
  }

  /// Marks the targets. False if there may be others. Reading beyond a table's end, or what is none,
  /// only marks targets too many, which does no harm.
  [[nodiscard]] bool mark(const Object& object, const Surroundings& near) const noexcept;

 private:
  static constexpr std::size_t most = 64;
  std::uintptr_t table_[most];
  std::size_t count_ = 0;
  bool jumped_ = false;
};

}  // namespace unblock::patch
