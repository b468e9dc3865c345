// The forms of instructions most code is made of: tables by their opcodes.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>

namespace unblock::patch::forms {

/// What follows an opcode, and what may precede it. No bit: not ours.
using Form = std::uint16_t;
enum : Form {
  constant = 0x000f,   // how many bytes, behind the operand
  sized = 0x0010,      // they are others where operands have 16 bits, or 64
  operand = 0x0020,    // a ModR/M byte and what it asks for
  grouped = 0x0040,    // that byte decides, too
  flow = 0x0080,       // it does not, or not always, go on behind itself
  bare = 0x0100,       // the prefixes: none,
  with_66 = 0x0200,    // operands of 16 bits, or another instruction
  with_f3 = 0x0400,
  with_f2 = 0x0800,
  locked = 0x1000,     // where the operand is memory
  prefix = 0x2000,
  regular = bare | with_66,
  any = regular | with_f3 | with_f2,
};
using Forms = std::array<Form, 256>;

constexpr void set(Forms& forms, Form form, int first, int last) {
  for (int opcode = first; opcode <= last; ++opcode) forms[static_cast<std::size_t>(opcode)] = form;
}

constexpr void set(Forms& forms, Form form, std::initializer_list<std::uint8_t> opcodes) {
  for (const std::uint8_t opcode : opcodes) forms[opcode] = form;
}

constexpr Forms one_byte_forms() {
  Forms forms{};
  for (int group = 0x00; group <= 0x38; group += 8) {      // add or adc sbb and sub xor cmp
    set(forms, regular | operand, group, group + 3);
    set(forms, regular | 1, group + 4, group + 4);
    set(forms, regular | sized | 4, group + 5, group + 5);
  }
  set(forms, regular | locked | operand, {0x01, 0x09, 0x11, 0x19, 0x21, 0x29, 0x31});
  set(forms, regular, 0x50, 0x5f);                         // push, pop
  set(forms, regular | operand, 0x63, 0x63);               // movslq
  set(forms, prefix, {0x2e, 0x64, 0x66, 0xf0, 0xf2, 0xf3});
  set(forms, bare | 4, 0x68, 0x68);                        // push
  set(forms, regular | sized | operand | 4, 0x69, 0x69);   // imul
  set(forms, bare | 1, 0x6a, 0x6a);
  set(forms, regular | operand | 1, 0x6b, 0x6b);
  set(forms, bare | flow | 1, 0x70, 0x7f);                 // jcc
  set(forms, regular | locked | grouped | operand | 1, {0x80, 0x83});
  set(forms, regular | locked | grouped | sized | operand | 4, 0x81, 0x81);
  set(forms, regular | operand, 0x84, 0x8b);               // test, xchg, mov
  set(forms, regular | locked | operand, 0x87, 0x87);
  set(forms, regular | grouped | operand, 0x8d, 0x8d);     // lea
  set(forms, regular | with_f3, 0x90, 0x90);               // nop, pause
  set(forms, regular, 0x98, 0x99);                         // cltq, cqto and their like
  set(forms, bare | with_f3, {0xa4, 0xa5, 0xaa, 0xab});    // movs, stos
  set(forms, regular | 1, 0xa8, 0xa8);                     // test
  set(forms, regular | sized | 4, 0xa9, 0xa9);
  set(forms, regular | sized | 4, 0xb8, 0xbf);             // mov
  set(forms, regular | operand | 1, 0xc0, 0xc1);           // shifts
  set(forms, regular | operand, 0xd0, 0xd3);
  set(forms, bare | flow, 0xc3, 0xc3);                     // ret
  set(forms, regular | grouped | operand | 1, 0xc6, 0xc6); // mov
  set(forms, regular | grouped | sized | operand | 4, 0xc7, 0xc7);
  set(forms, bare, 0xc9, 0xc9);                            // leave
  set(forms, bare | flow | 4, 0xe8, 0xe9);                 // call, jmp
  set(forms, bare | flow | 1, 0xeb, 0xeb);
  set(forms, regular | grouped | operand | 1, 0xf6, 0xf6); // test, not, neg, mul, div
  set(forms, regular | grouped | sized | operand | 4, 0xf7, 0xf7);
  set(forms, bare | locked | grouped | operand, 0xff, 0xff);
  return forms;
}

constexpr Forms two_byte_forms() {
  Forms forms{};
  set(forms, bare | flow, 0x05, 0x05);                     // syscall
  set(forms, any | operand, 0x10, 0x11);                   // moves of vectors and their parts
  set(forms, regular | operand, {0x14, 0x15, 0x28, 0x29, 0x2e, 0x2f});
  set(forms, regular | operand, 0x1f, 0x1f);               // nop
  set(forms, regular | operand, 0x40, 0x4f);               // cmov
  set(forms, any | operand, {0x51, 0x58, 0x59, 0x5a, 0x5c, 0x5d, 0x5e, 0x5f});
  set(forms, regular | operand, 0x54, 0x57);
  set(forms, with_66 | operand, 0x60, 0x6f);
  set(forms, with_66 | with_f3 | operand, {0x6f, 0x7e, 0x7f});
  set(forms, with_66 | operand | 1, 0x70, 0x70);
  set(forms, with_66 | operand, {0x74, 0x75, 0x76, 0xd4, 0xdb, 0xdf, 0xeb, 0xef, 0xfa, 0xfb, 0xfe});
  set(forms, bare | flow | 4, 0x80, 0x8f);                 // jcc
  set(forms, regular | operand, 0x90, 0x9f);               // set
  set(forms, regular | operand, {0xa3, 0xab, 0xaf, 0xb3, 0xbb});  // bt bts imul btr btc
  set(forms, regular | locked | operand, {0xb0, 0xb1, 0xc0, 0xc1});  // cmpxchg, xadd
  set(forms, regular | operand, {0xb6, 0xb7, 0xbe, 0xbf});  // movz, movs
  set(forms, regular | operand | 1, 0xc6, 0xc6);           // shufps
  return forms;
}

/// Of the opcodes of one byte, and of those behind 0f.
inline constexpr std::array<Forms, 2> table = {one_byte_forms(), two_byte_forms()};

/// The bytes of an operand from its ModR/M byte on, as far as that tells.
inline constexpr std::array<std::uint8_t, 256> operand_sizes = [] {
  std::array<std::uint8_t, 256> sizes{};
  for (unsigned byte = 0; byte < 256; ++byte) {
    const unsigned mod = byte >> 6, rm = byte & 7;
    const unsigned distance = mod == 1 ? 1 : mod == 2 || (mod == 0 && rm == 5) ? 4 : 0;
    sizes[byte] = static_cast<std::uint8_t>(1 + (mod != 3 && rm == 4) + distance);
  }
  return sizes;
}();

/// The bytes of the operand whose ModR/M byte is at `at`.
[[nodiscard]] inline unsigned operand_size(const unsigned char* at) noexcept {
  const bool only_scaled = (at[0] & 0xc7) == 0x04 && (at[1] & 7) == 5;   // an index, and no base
  return operand_sizes[at[0]] + (only_scaled ? 4U : 0U);
}

}  // namespace unblock::patch::forms
