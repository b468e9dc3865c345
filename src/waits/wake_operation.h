// What the last word of FUTEX_WAKE_OP says: how to change the second futex, and when to wake at it, too.
#pragma once

#include <cstdint>

namespace unblock::futex {

/// One such word, decoded as futex(2) describes FUTEX_OP().
class WakeOperation {
 public:
  explicit WakeOperation(std::uint32_t code) noexcept;

  /// Whether the kernel has such an operation; if not, the call fails with ENOSYS and does nothing.
  [[nodiscard]] bool can_change() const noexcept;

  /// The same of the comparison; if not, the call fails with ENOSYS, too, but the word has been changed.
  [[nodiscard]] bool can_compare() const noexcept;

  /// What the second futex becomes if it was `old`.
  [[nodiscard]] std::uint32_t changed(std::uint32_t old) const noexcept;

  /// Whether those who sleep at the second futex, which was `old`, are woken, too.
  [[nodiscard]] bool wakes_second(std::uint32_t old) const noexcept;

 private:
  unsigned operation;
  unsigned comparison;
  std::uint32_t argument;
  std::int32_t compared;
};

}  // namespace unblock::futex
