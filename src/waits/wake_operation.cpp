// What the last word of FUTEX_WAKE_OP says: four bits of operation, four of comparison, and an argument of
// twelve bits, with a sign, for each.
#include "waits/wake_operation.h"

#include <linux/futex.h>

namespace unblock::futex {

namespace {

std::int32_t sign_extended(std::uint32_t field) noexcept {
  return static_cast<std::int32_t>(field << 20) >> 20;
}

}  // namespace

WakeOperation::WakeOperation(std::uint32_t code) noexcept
    : operation(code >> 28 & 7),
      comparison(code >> 24 & 15),
      argument(static_cast<std::uint32_t>(sign_extended(code >> 12))),
      compared(sign_extended(code)) {
  if (code >> 28 & FUTEX_OP_OPARG_SHIFT) argument = 1u << (argument & 31);
}

bool WakeOperation::can_change() const noexcept { return operation <= FUTEX_OP_XOR; }

bool WakeOperation::can_compare() const noexcept { return comparison <= FUTEX_OP_CMP_GE; }

std::uint32_t WakeOperation::changed(std::uint32_t old) const noexcept {
  switch (operation) {
    case FUTEX_OP_SET: return argument;
    case FUTEX_OP_ADD: return old + argument;
    case FUTEX_OP_OR: return old | argument;
    case FUTEX_OP_ANDN: return old & ~argument;
    case FUTEX_OP_XOR: return old ^ argument;
    default: return old;
  }
}

bool WakeOperation::wakes_second(std::uint32_t old) const noexcept {
  const auto value = static_cast<std::int32_t>(old);
  switch (comparison) {
    case FUTEX_OP_CMP_EQ: return value == compared;
    case FUTEX_OP_CMP_NE: return value != compared;
    case FUTEX_OP_CMP_LT: return value < compared;
    case FUTEX_OP_CMP_GE: return value >= compared;
    case FUTEX_OP_CMP_LE: return value <= compared;
    case FUTEX_OP_CMP_GT: return value > compared;
    default: return false;
  }
}

}  // namespace unblock::futex
