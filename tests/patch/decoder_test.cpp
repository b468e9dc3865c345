// The fast decoder against Zydis, over every function of the libraries in this process.
#include <catch2/catch.hpp>
#include <link.h>
#include <sys/mman.h>

#include "patch/function_bounds.h"
#include "patch/instruction.h"

namespace {

using namespace unblock::patch;

bool equal(const Instruction& a, const Instruction& b) {
  return a.address == b.address && a.length == b.length && a.target == b.target &&
         a.refers_to == b.refers_to && a.displacement == b.displacement && a.flow == b.flow &&
         a.is_syscall == b.is_syscall && a.indirect_jump == b.indirect_jump && a.loads_address == b.loads_address &&
         a.movable == b.movable &&
         (a.flow != Instruction::Flow::branch || a.condition == b.condition);
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
    if (equal(exact, quick)) continue;
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

}  // namespace
