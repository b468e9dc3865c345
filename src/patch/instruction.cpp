// Sorts decoded instructions into what the patcher must know about them.
#include "instruction.h"

#include <cstring>
#include <Zydis/Zydis.h>

namespace unblock::patch {

namespace {

using Flow = Instruction::Flow;

bool is_conditional(const ZydisDecodedInstruction& raw) noexcept {
  const bool near = raw.opcode_map == ZYDIS_OPCODE_MAP_0F && (raw.opcode & 0xf0) == 0x80;
  const bool close = raw.opcode_map == ZYDIS_OPCODE_MAP_DEFAULT && (raw.opcode & 0xf0) == 0x70;
  return near || close;
}

Flow flow_of(const ZydisDecodedInstruction& raw) noexcept {
  switch (raw.mnemonic) {
    case ZYDIS_MNEMONIC_JMP: return raw.raw.imm[0].is_relative ? Flow::jump : Flow::away;
    case ZYDIS_MNEMONIC_CALL: return Flow::call;
    case ZYDIS_MNEMONIC_RET: case ZYDIS_MNEMONIC_IRET: case ZYDIS_MNEMONIC_IRETD: case ZYDIS_MNEMONIC_IRETQ:
    case ZYDIS_MNEMONIC_HLT: case ZYDIS_MNEMONIC_UD0: case ZYDIS_MNEMONIC_UD1: case ZYDIS_MNEMONIC_UD2:
      return Flow::away;
    case ZYDIS_MNEMONIC_SYSCALL: case ZYDIS_MNEMONIC_SYSENTER: case ZYDIS_MNEMONIC_INT:
    case ZYDIS_MNEMONIC_INT1: case ZYDIS_MNEMONIC_INT3:
    case ZYDIS_MNEMONIC_SYSRET: case ZYDIS_MNEMONIC_SYSEXIT:
      return Flow::system;
    default: return raw.raw.imm[0].is_relative ? Flow::branch : Flow::next;
  }
}

// A conditional jump can be written anew with 32 bits of reach; loop, jrcxz and xbegin cannot. A bare
// return is as good anywhere; a fault is not, its address is looked at.
bool is_movable(const ZydisDecodedInstruction& raw, const Instruction& instruction) noexcept {
  const bool address_size_changed = raw.attributes & ZYDIS_ATTRIB_HAS_ADDRESSSIZE;
  switch (instruction.flow) {
    case Flow::next: return !(instruction.displacement && address_size_changed);
    case Flow::jump: return true;
    case Flow::branch: return is_conditional(raw);
    case Flow::away: return raw.mnemonic == ZYDIS_MNEMONIC_RET && raw.raw.prefix_count == 0;
    default: return false;
  }
}

// The same for the last bytes before a limit, fewer than that may look at. Most sites' windows end at one.
bool decode_before_limit(std::uintptr_t address, std::size_t room, Instruction& out) noexcept {
  unsigned char copy[common_form_bytes] = {};
  std::memcpy(copy, reinterpret_cast<const void*>(address), room);
  if (!decode_common_form(reinterpret_cast<std::uintptr_t>(copy), out) || out.length > room) return false;
  const std::uintptr_t distance = address - out.address;
  out.address = address;
  if (out.target) out.target += distance;
  if (out.refers_to) out.refers_to += distance;
  return true;
}

}  // namespace

Decoder::Decoder() noexcept {
  ZydisDecoderInit(&decoder_, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
  ZydisDecoderEnableMode(&decoder_, ZYDIS_DECODER_MODE_MINIMAL, ZYAN_TRUE);
}

bool Decoder::decode(std::uintptr_t address, std::uintptr_t limit, Instruction& out) const noexcept {
  if (address >= limit) return false;
  const std::size_t room = limit - address;
  const bool common = room >= common_form_bytes ? decode_common_form(address, out)
                                                : decode_before_limit(address, room, out);
  return common || decode_any_form(address, limit, out);
}

bool Decoder::decode_any_form(std::uintptr_t address, std::uintptr_t limit, Instruction& out) const noexcept {
  ZydisDecodedInstruction raw;
  if (address >= limit) return false;
  const auto* bytes = reinterpret_cast<const void*>(address);
  if (!ZYAN_SUCCESS(ZydisDecoderDecodeInstruction(&decoder_, nullptr, bytes, limit - address, &raw)))
    return false;
  out = Instruction{};
  out.address = address;
  out.length = raw.length;
  out.flow = flow_of(raw);
  out.is_syscall = raw.mnemonic == ZYDIS_MNEMONIC_SYSCALL && raw.length == 2;
  out.indirect_jump = raw.mnemonic == ZYDIS_MNEMONIC_JMP && out.flow == Flow::away;
  out.loads_address = raw.mnemonic == ZYDIS_MNEMONIC_LEA;
  out.condition = raw.opcode & 0x0f;
  if (raw.raw.imm[0].is_relative)
    out.target = out.end() + static_cast<std::uintptr_t>(raw.raw.imm[0].value.s);
  const bool has_modrm = raw.attributes & ZYDIS_ATTRIB_HAS_MODRM;
  if (has_modrm && raw.raw.modrm.mod == 0 && raw.raw.modrm.rm == 5) {
    out.displacement = raw.raw.disp.offset;
    out.refers_to = out.end() + static_cast<std::uintptr_t>(raw.raw.disp.value);
  }
  out.movable = is_movable(raw, out);
  return true;
}

}  // namespace unblock::patch
