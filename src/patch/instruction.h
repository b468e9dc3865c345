// One machine instruction, as far as moving it elsewhere or following its flow is concerned.
#pragma once

#include <cstddef>
#include <cstdint>
#include <Zydis/Decoder.h>

namespace unblock::patch {

struct Instruction {
  enum class Flow : std::uint8_t {
    next,          ///< goes on behind itself
    jump,          ///< goes to `target`
    branch,        ///< goes to `target` or behind itself
    call,          ///< comes back behind itself, the return address tells where it was
    away,          ///< never goes on behind itself: a return, an indirect jump, a fault
    system,        ///< enters the kernel
  };
  std::uintptr_t address = 0;
  std::uintptr_t target = 0;        ///< where a direct jump, branch or call leads, else 0
  std::uintptr_t refers_to = 0;     ///< what a rip-relative operand addresses, else 0
  std::uint8_t length = 0;
  std::uint8_t displacement = 0;    ///< offset of a rip-relative operand's 32 bits, else 0
  std::uint8_t condition = 0;       ///< of a branch: the low four bits of its opcode
  Flow flow = Flow::next;
  bool is_syscall = false;
  bool indirect_jump = false;
  bool loads_address = false;       ///< lea
  bool movable = false;             ///< can be executed elsewhere, once its relative operand is adjusted

  [[nodiscard]] std::uintptr_t end() const noexcept { return address + length; }
};

/// How many bytes decode_common_form() may look at.
constexpr std::size_t common_form_bytes = 24;

/// Decodes the commonest forms, from as many readable bytes at `address`. False for any other.
[[nodiscard]] bool decode_common_form(std::uintptr_t address, Instruction& out) noexcept;

/// Decodes x86-64 instructions. Cheap to make; keeps no memory.
class Decoder {
 public:
  Decoder() noexcept;
  /// Decodes what is at `address`, reading no byte at or beyond `limit`. False if it is no instruction.
  [[nodiscard]] bool decode(std::uintptr_t address, std::uintptr_t limit, Instruction& out) const noexcept;
  /// The same, by Zydis alone.
  [[nodiscard]] bool decode_any_form(std::uintptr_t address, std::uintptr_t limit,
                                     Instruction& out) const noexcept;

 private:
  ZydisDecoder decoder_;
};

}  // namespace unblock::patch
