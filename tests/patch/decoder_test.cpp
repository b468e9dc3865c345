// The fast decoder against Zydis, over every function of the libraries in this process and over all forms.
#include <catch2/catch.hpp>
#include <link.h>
#include <string>
#include <sys/mman.h>

#include "patch/function_bounds.h"
#include "patch/instruction.h"
#include "patch/stride.h"

namespace {

using namespace unblock::patch;

bool equal(const Instruction& a, const Instruction& b) {
  return a.address == b.address && a.length == b.length && a.target == b.target &&
         a.refers_to == b.refers_to && a.displacement == b.displacement && a.flow == b.flow &&
         a.is_syscall == b.is_syscall && a.indirect_jump == b.indirect_jump &&
         a.loads_address == b.loads_address && a.movable == b.movable &&
         (a.flow != Instruction::Flow::branch || a.condition == b.condition);
}

// Whether a stride over `exact`, if there is one, hides nothing of what a walk must know.
bool agrees(std::uintptr_t address, const Instruction& exact) {
  const Stride common = stride(address);
  const bool plain = !exact.is_syscall && !exact.indirect_jump && !(exact.loads_address && exact.refers_to);
  return !common.length || (common.length == exact.length && common.target == exact.target && plain);
}

struct Tally {
  unsigned long instructions = 0, common = 0, different = 0, cut_short = 0;
  std::uintptr_t first = 0;
};

void compare(const Decoder& decoder, Range range, Tally& tally) {
  Instruction exact, quick;
  for (std::uintptr_t at = range.begin; at < range.end; at = exact.end()) {
    if (!decoder.decode_any_form(at, range.end, exact)) return;
    ++tally.instructions;
    // With no byte to spare it must find the same.
    if (!decoder.decode(at, exact.end(), quick) || !equal(exact, quick)) ++tally.cut_short;
    if (range.end - at < common_form_bytes || !decode_common_form(at, quick)) continue;
    ++tally.common;
    if (equal(exact, quick) && agrees(at, exact)) continue;
    if (!tally.different++) tally.first = at;
  }
}

int visit(dl_phdr_info* info, std::size_t, void* context) {
  Object object;
  if (!describe(*info, object) || object.role == Role::own) return 0;
  const FunctionBounds bounds(object);
  const Decoder decoder;
  for (std::size_t i = 0; i < bounds.size(); ++i)
    if (const Function function = bounds.at(i); function.known)
      compare(decoder, function.range, *static_cast<Tally*>(context));
  return 0;
}

TEST_CASE("the common forms are decoded as Zydis does") {
  Tally tally;
  dl_iterate_phdr(visit, &tally);
  INFO("first difference at " << std::hex << tally.first);
  CHECK(tally.different == 0);
  CHECK(tally.cut_short == 0);
  CHECK(tally.instructions > 300'000);
  CHECK(tally.common > tally.instructions / 2);
}

// All prefixes and operands, those that compilers never put together, too.
template <class Visit>
void for_each_form(Visit visit) {
  const std::string rest("\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13\x14");
  for (const char* prefix : {"", "\x66", "\xf2", "\xf3", "\xf0", "\x2e", "\x64", "\x66\x66\x2e", "\x66\xf0",
                             "\x66\xf3", "\xf3\xf2", "\x2e\xf0", "\x64\xf3", "\x66\x66\x66\x66\x66\x66\x66"})
    for (const char* rex : {"", "\x40", "\x41", "\x44", "\x48", "\x4f"})
      for (const char* escape : {"", "\x0f"})
        for (int opcode = 0; opcode < 256; ++opcode)
          for (int operand = 0; operand < 256; ++operand)
            for (const char base : {'\x21', '\x25'})
              visit(std::string(prefix) + rex + escape + char(opcode) + char(operand) + base + rest);
}

TEST_CASE("the common forms are no others than Zydis has") {
  const Decoder decoder;
  Tally tally;
  std::string first;
  for_each_form([&](const std::string& bytes) {
    const auto address = reinterpret_cast<std::uintptr_t>(bytes.data());
    Instruction exact, quick;
    const bool known = decoder.decode_any_form(address, address + bytes.size(), exact);
    const bool common = decode_common_form(address, quick), strides = stride(address).length;
    tally.common += common;
    if ((!common || (known && equal(exact, quick))) && (!strides || (known && agrees(address, exact))))
      return;
    if (!tally.different++) first = bytes;
  });
  for (char& byte : first) UNSCOPED_INFO(std::hex << int(static_cast<unsigned char>(byte)));
  CHECK(tally.different == 0);
  CHECK(tally.common > 1'000'000);
}

}  // namespace
