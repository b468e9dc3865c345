// Decodes the forms most code is made of, an order of magnitude faster than a whole decoder does: all of
// activation would otherwise be spent there. Whatever is not plainly one of them is left to Zydis; a test
// holds the two against each other over all of libc.
#include <array>
#include <cstring>

#include "instruction.h"

namespace unblock::patch {

namespace {

using Flow = Instruction::Flow;

enum class Form : std::uint8_t {
  other,         // not ours
  plain,         // the opcode alone
  byte,          // followed by 8 bits
  word,          // followed by 32 bits
  operand,       // followed by a ModR/M byte and what that asks for
  operand_byte,  // the same and 8 bits
  operand_word,  // the same and 32 bits
};

constexpr void set(std::array<Form, 256>& forms, Form form, int first, int last) {
  for (int opcode = first; opcode <= last; ++opcode) forms[static_cast<std::size_t>(opcode)] = form;
}

constexpr std::array<Form, 256> one_byte_forms() {
  std::array<Form, 256> forms{};
  for (int group = 0x00; group <= 0x38; group += 8) {   // add or adc sbb and sub xor cmp
    set(forms, Form::operand, group, group + 3);
    set(forms, Form::byte, group + 4, group + 4);
    set(forms, Form::word, group + 5, group + 5);
  }
  set(forms, Form::plain, 0x50, 0x5f);                  // push, pop
  set(forms, Form::operand, 0x63, 0x63);                // movslq
  set(forms, Form::operand_byte, 0x80, 0x80);
  set(forms, Form::operand_word, 0x81, 0x81);
  set(forms, Form::operand_byte, 0x83, 0x83);
  set(forms, Form::operand, 0x84, 0x85);                // test
  set(forms, Form::operand, 0x88, 0x8b);                // mov
  set(forms, Form::plain, 0x90, 0x90);                  // nop
  set(forms, Form::byte, 0xa8, 0xa8);                   // test
  set(forms, Form::word, 0xa9, 0xa9);
  set(forms, Form::word, 0xb8, 0xbf);                   // mov, without REX.W
  set(forms, Form::operand_byte, 0xc0, 0xc1);           // shifts
  set(forms, Form::operand, 0xd0, 0xd3);
  set(forms, Form::operand_byte, 0xc6, 0xc6);           // mov, if it is /0
  set(forms, Form::operand_word, 0xc7, 0xc7);
  return forms;
}

constexpr std::array<Form, 256> two_byte_forms() {
  std::array<Form, 256> forms{};
  set(forms, Form::operand, 0x40, 0x4f);                // cmov
  set(forms, Form::operand, 0x1f, 0x1f);                // nop
  set(forms, Form::operand, 0x90, 0x9f);                // set
  set(forms, Form::operand, 0xaf, 0xaf);                // imul
  set(forms, Form::operand, 0xb6, 0xb7);                // movz
  set(forms, Form::operand, 0xbe, 0xbf);                // movs
  return forms;
}

constexpr auto one_byte = one_byte_forms();
constexpr auto two_byte = two_byte_forms();

template <class T>
std::uintptr_t signed_at(const unsigned char* at) noexcept {
  T value;
  std::memcpy(&value, at, sizeof value);
  return static_cast<std::uintptr_t>(static_cast<std::intptr_t>(value));
}

// The bytes of a ModR/M operand, from that byte on.
unsigned operand_size(const unsigned char* at) noexcept {
  const unsigned mod = at[0] >> 6, rm = at[0] & 7;
  if (mod == 3) return 1;
  unsigned size = rm == 4 ? 2 : 1;
  if (mod == 1) size += 1;
  if (mod == 2 || (mod == 0 && rm == 5)) size += 4;
  if (mod == 0 && rm == 4 && (at[1] & 7) == 5) size += 4;
  return size;
}

bool finish(const unsigned char* start, const unsigned char* end, Flow flow, bool movable,
            Instruction& out) noexcept {
  out.length = static_cast<std::uint8_t>(end - start);
  out.flow = flow;
  out.movable = movable;
  return true;
}

bool with_operand(const unsigned char* start, const unsigned char* at, unsigned constant,
                  Instruction& out) noexcept {
  const unsigned char* end = at + operand_size(at) + constant;
  if ((at[0] & 0xc7) == 0x05) {
    out.displacement = static_cast<std::uint8_t>(at + 1 - start);
    out.refers_to = reinterpret_cast<std::uintptr_t>(end) + signed_at<std::int32_t>(at + 1);
  }
  return finish(start, end, Flow::next, true, out);
}

template <class Distance>
bool with_target(const unsigned char* start, const unsigned char* at, Flow flow, Instruction& out) noexcept {
  const unsigned char* end = at + sizeof(Distance);
  out.target = reinterpret_cast<std::uintptr_t>(end) + signed_at<Distance>(at);
  return finish(start, end, flow, flow != Flow::call, out);
}

bool branches(const unsigned char* start, Instruction& out) noexcept {
  const unsigned char opcode = start[0];
  out.condition = opcode & 0x0f;
  if ((opcode & 0xf0) == 0x70) return with_target<std::int8_t>(start, start + 1, Flow::branch, out);
  if (opcode == 0xeb) return with_target<std::int8_t>(start, start + 1, Flow::jump, out);
  if (opcode == 0xe9) return with_target<std::int32_t>(start, start + 1, Flow::jump, out);
  if (opcode == 0xe8) return with_target<std::int32_t>(start, start + 1, Flow::call, out);
  if (opcode == 0xc3) return finish(start, start + 1, Flow::away, true, out);
  if (opcode != 0x0f || (start[1] & 0xf0) != 0x80) return false;
  out.condition = start[1] & 0x0f;
  return with_target<std::int32_t>(start, start + 2, Flow::branch, out);
}

// From the opcode on: what follows depends on which of the two tables it is in. `wide` and `narrow`: operands
// have 64 bits, or 16.
bool by_table(const unsigned char* start, const unsigned char* at, bool wide, bool narrow,
              Instruction& out) noexcept {
  const bool two = *at == 0x0f;
  if (two) ++at;
  const unsigned char opcode = *at++;
  out.condition = opcode & 0x0f;
  if (!two && opcode == 0x8d) {                         // lea
    out.loads_address = at[0] < 0xc0;
    return out.loads_address && with_operand(start, at, 0, out);
  }
  if (!two && (opcode & 0xfe) == 0xc6 && at[0] & 0x38) return false;
  if (!two && (opcode & 0xfe) == 0xf6) {                // test has a constant; not, neg, mul, div have none
    const unsigned constant = at[0] & 0x30 ? 0 : opcode == 0xf6 ? 1 : 4;
    return !(narrow && constant == 4) && with_operand(start, at, constant, out);
  }
  switch (two ? two_byte[opcode] : one_byte[opcode]) {
    case Form::plain: return finish(start, at, Flow::next, true, out);
    case Form::byte: return finish(start, at + 1, Flow::next, true, out);
    case Form::word: return !narrow && !(wide && opcode >= 0xb8) && finish(start, at + 4, Flow::next, true, out);
    case Form::operand: return with_operand(start, at, 0, out);
    case Form::operand_byte: return with_operand(start, at, 1, out);
    case Form::operand_word: return !narrow && with_operand(start, at, 4, out);
    case Form::other: break;
  }
  return false;
}

}  // namespace

bool decode_common_form(std::uintptr_t address, Instruction& out) noexcept {
  const auto* start = reinterpret_cast<const unsigned char*>(address);
  const unsigned char* at = start;
  out = Instruction{};
  out.address = address;
  if (branches(start, out)) return true;
  if (at[0] == 0x0f && at[1] == 0x05) {
    out.is_syscall = true;
    return finish(start, start + 2, Flow::system, false, out);
  }
  constexpr int most_prefixes = 6;                      // no-ops that fill space have several
  while (at - start < most_prefixes && (*at == 0x66 || *at == 0x2e)) ++at;
  const bool narrow = at != start;
  if (*at == 0x64) ++at;                                // %fs: the thread's own data
  const bool wide = (*at & 0xf8) == 0x48;
  if ((*at & 0xf0) == 0x40) ++at;
  return by_table(start, at, wide, narrow, out);
}

}  // namespace unblock::patch
