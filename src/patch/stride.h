// One step of a walk through text: all that it asks of most instructions is how long they are.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>

#include "forms.h"

namespace unblock::patch {

/// An instruction that neither enters the kernel nor has to do with tables of jumps.
struct Stride {
  unsigned length = 0;        ///< 0: it may, or is none of the commonest; ask a Decoder
  std::uintptr_t target = 0;  ///< where a direct jump, branch or call leads, else 0
};

namespace strides {

// What there is from the opcode on; 0 for what needs a closer look.
enum : std::uint8_t { size = 0x0f, operand = 0x10, close = 0x20, far = 0x40, picky = 0x80 };

constexpr std::uint8_t lea = 0x8d;

// Those of group 0xf6 that have no constant: all but `test`.
constexpr bool is_unary(unsigned opcode) { return (opcode & 0xfe) == 0xf6; }

constexpr std::uint8_t form_of(unsigned opcode, bool two, bool rex) {
  const forms::Form form = forms::table[two][opcode];
  const unsigned constant = !two && is_unary(opcode) ? 0 : form & forms::constant;
  const bool flow = form & forms::flow, moves = (opcode & 0xfe) == 0xc6;
  const bool only_when_locked = opcode >= 0x80 && opcode <= 0x83;
  const bool of_group = form & forms::grouped && !only_when_locked;
  unsigned bits = 1 + constant;
  if (form & forms::operand) bits |= operand;
  if (flow && constant) bits |= constant == 1 ? +close : +far;
  if (of_group) bits |= picky;
  if (!(form & forms::bare) || (of_group && !moves && opcode != lea && !is_unary(opcode))) return 0;
  if (flow && (rex || (two && !constant))) return 0;     // syscall
  if (rex && !two && (opcode & 0xf8) == 0xb8) return 0;  // mov: its constant may have 64 bits
  return static_cast<std::uint8_t>(bits);
}

// By whether there is a REX prefix, whether the opcode has two bytes, and its last byte.
inline constexpr auto table = [] {
  std::array<std::array<std::array<std::uint8_t, 256>, 2>, 2> table{};
  for (unsigned rex = 0; rex < 2; ++rex)
    for (unsigned two = 0; two < 2; ++two)
      for (unsigned opcode = 0; opcode < 256; ++opcode) table[rex][two][opcode] = form_of(opcode, two, rex);
  return table;
}();

// An operand's byte that makes another instruction of it, or what may be the address of a table.
inline bool declines(unsigned char opcode, unsigned char byte) noexcept {
  if (opcode == lea) return byte >= 0xc0 || (byte & 0xc7) == 0x05;
  return is_unary(opcode) ? (byte & 0x38) < 0x10 : (byte & 0x38) != 0;
}

}  // namespace strides

/// The instruction at `address`, where `common_form_bytes` can be read. Says no more than
/// decode_common_form() does. By arithmetic rather than branches: what comes next cannot be predicted.
[[nodiscard]] inline Stride stride(std::uintptr_t address) noexcept {
  std::uint64_t bytes;
  std::memcpy(&bytes, reinterpret_cast<const void*>(address), sizeof bytes);
  const bool own_data = (bytes & 0xff) == 0x64;  // %fs
  if (own_data) [[unlikely]] bytes >>= 8;
  const unsigned rex = (bytes & 0xf0) == 0x40;
  bytes >>= 8 * rex;
  const unsigned two = (bytes & 0xff) == 0x0f;
  bytes >>= 8 * two;
  const auto opcode = static_cast<std::uint8_t>(bytes), byte = static_cast<std::uint8_t>(bytes >> 8);
  const unsigned form = strides::table[rex][two][opcode];
  if (!form || (form & strides::picky && strides::declines(opcode, byte))) return {};
  unsigned operand = forms::operand_sizes[byte];
  if ((byte & 0xc7) == 0x04 && (bytes >> 16 & 7) == 5) operand += 4;  // an index, and no base
  const unsigned length =
      own_data + rex + two + (form & strides::size) + (form & strides::operand ? operand : 0);
  if (!(form & (strides::close | strides::far))) return {length, 0};
  if (own_data) return {};
  const std::int32_t distance =
      form & strides::close ? static_cast<std::int8_t>(byte) : static_cast<std::int32_t>(bytes >> 8);
  return {length, address + length + static_cast<std::uintptr_t>(std::intptr_t{distance})};
}

}  // namespace unblock::patch
