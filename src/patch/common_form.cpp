// Decodes the forms most code is made of, an order of magnitude faster than a whole decoder does: all of
// activation would otherwise be spent there. Whatever is not plainly one of them is left to Zydis; tests hold
// the two against each other, over all of libc and over all forms.
#include <cstring>

#include "forms.h"
#include "instruction.h"

namespace unblock::patch {

namespace {

using Flow = Instruction::Flow;
using namespace forms;

std::uintptr_t signed_at(const unsigned char* at, unsigned size) noexcept {
  std::int32_t value;
  if (size == 1) value = static_cast<std::int8_t>(*at); else std::memcpy(&value, at, sizeof value);
  return static_cast<std::uintptr_t>(static_cast<std::intptr_t>(value));
}

// Steps over prefixes and tells which form they ask for; none if that takes more than one of them.
Form skip_prefixes(const unsigned char*& at) noexcept {
  Form seen = bare;
  constexpr int most = 6;                                  // no-ops that fill space have several
  for (int count = 0; table[0][*at] == prefix; ++at, ++count) {
    if (count == most) return 0;
    if (*at == 0x2e || *at == 0x64) continue;              // %fs: the thread's own data
    const Form form = *at == 0x66 ? with_66 : *at == 0xf3 ? with_f3 : *at == 0xf2 ? with_f2 : locked;
    if (seen != bare && seen != form) return 0;
    seen = form;
  }
  return seen;
}

// Opcodes that are several instructions, by their operand's byte.
bool is_of_group(unsigned char opcode, unsigned char byte, bool lock, unsigned& size,
                 Instruction& out) noexcept {
  const unsigned member = byte >> 3 & 7;
  switch (opcode) {
    case 0x8d: out.loads_address = true; return byte < 0xc0;
    case 0xc6: case 0xc7: return member == 0;
    case 0xf6: case 0xf7: if (member > 1) size = 0; return true;
    case 0xff: break;
    default: return !(lock && member == 7);                // cmp
  }
  if (member == 2) out.flow = Flow::call;
  if (member == 4) out.flow = Flow::away;
  out.indirect_jump = member == 4;
  return member == 2 || member == 4 ? !lock : member < 2 || (member == 6 && !lock);
}

void follow(const unsigned char* opcode, bool two, const unsigned char* end, unsigned size,
            Instruction& out) noexcept {
  if (size) out.target = reinterpret_cast<std::uintptr_t>(end) + signed_at(end - size, size);
  out.condition = *opcode & 0x0f;
  out.is_syscall = two && !size;
  if (out.is_syscall) out.flow = Flow::system;
  else if (!size) out.flow = Flow::away;
  else if (two || *opcode < 0x80) out.flow = Flow::branch;
  else out.flow = *opcode == 0xe8 ? Flow::call : Flow::jump;
}

}  // namespace

bool decode_common_form(std::uintptr_t address, Instruction& out) noexcept {
  const auto* start = reinterpret_cast<const unsigned char*>(address);
  const unsigned char* at = start;
  const Form allowed = table[0][*at] == prefix ? skip_prefixes(at) : Form{bare};
  const unsigned rex = (*at & 0xf0) == 0x40 ? *at++ : 0;
  const bool two = *at == 0x0f;
  const unsigned char* opcode = at + two;
  const Form form = table[two][*opcode];
  if (!(form & allowed)) return false;
  out = Instruction{};
  out.address = address;
  at = opcode + 1;
  unsigned size = form & constant;
  if (form & sized) {
    if (allowed == with_66) return false;
    if (rex & 8 && (*opcode & 0xf8) == 0xb8) size = 8;     // mov
  }
  if (form & operand) {
    const unsigned char byte = *at;
    if (allowed == locked && byte >= 0xc0) return false;
    if (form & grouped && !is_of_group(*opcode, byte, allowed == locked, size, out)) return false;
    if ((byte & 0xc7) == 0x05) out.displacement = static_cast<std::uint8_t>(at + 1 - start);
    at += operand_size(at);
  }
  at += size;
  if (at - start > 15) return false;
  out.length = static_cast<std::uint8_t>(at - start);
  if (out.displacement)
    out.refers_to = reinterpret_cast<std::uintptr_t>(at) + signed_at(start + out.displacement, 4);
  if (form & flow) {
    if (opcode != start + two) return false;               // prefixes
    follow(opcode, two, at, size, out);
  }
  out.movable = out.flow != Flow::call && out.flow != Flow::system && !out.indirect_jump;
  return true;
}

}  // namespace unblock::patch
