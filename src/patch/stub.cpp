// Writes stubs: displaced code, the way to the entry point, the call itself, the way back.
#include "stub.h"

#include <cstring>

#include "patch.h"

namespace unblock::patch {

using Flow = Instruction::Flow;

void StubWriter::bytes(const void* from, std::size_t size) noexcept {
  std::memcpy(reinterpret_cast<void*>(at_), from, size);
  at_ += size;
}

// Four bytes that lead from behind themselves to `target`; false if they cannot.
bool StubWriter::distance(std::uintptr_t target) noexcept {
  const auto value = static_cast<std::intptr_t>(target - (at_ + 4));
  const auto narrow = static_cast<std::int32_t>(value);
  bytes(&narrow, sizeof narrow);
  return narrow == value;
}

bool StubWriter::move(const Instruction& instruction) noexcept {
  if (instruction.flow == Flow::jump) {
    code({0xe9});
    return distance(instruction.target);
  }
  if (instruction.flow == Flow::branch) {
    code({0x0f, static_cast<unsigned char>(0x80 | instruction.condition)});
    return distance(instruction.target);
  }
  const std::uintptr_t start = at_;
  bytes(reinterpret_cast<const void*>(instruction.address), instruction.length);
  if (!instruction.displacement) return true;
  const std::uintptr_t behind = at_;
  const auto value = static_cast<std::intptr_t>(instruction.refers_to - behind);
  const auto narrow = static_cast<std::int32_t>(value);
  std::memcpy(reinterpret_cast<void*>(start + instruction.displacement), &narrow, sizeof narrow);
  return narrow == value;
}

bool StubWriter::move(std::uintptr_t begin, std::uintptr_t end) noexcept {
  Instruction instruction;
  for (; begin < end; begin = instruction.end())
    if (!decoder_.decode(begin, end, instruction) || !move(instruction)) return false;
  return true;
}

bool StubWriter::write_code(Site& site) noexcept {
  const std::uintptr_t syscall = site.address;
  const std::uintptr_t begin = shifted(syscall, site.window_begin);
  const std::uintptr_t end = shifted(syscall, site.window_end);
  auto* record = reinterpret_cast<SiteRecord*>(at_);
  at_ += sizeof *record;
  site.stub = at_;
  if (!move(begin, syscall)) return false;
  // What was displaced besides is behind the call, unless all of it has stayed where it is.
  const bool stays = site.verdict == Verdict::ahead;
  code({0x48, 0x8d, 0x0d});            // lea record(%rip), %rcx
  if (!distance(reinterpret_cast<std::uintptr_t>(record))) return false;
  code({0xff, 0x25});                  // jmp *record.entry(%rip)
  if (!distance(reinterpret_cast<std::uintptr_t>(&record->entry))) return false;
  const std::uint64_t flags = site.verdict == Verdict::trap ? flags_ | by_trap : flags_;
  if (stays) {
    *record = {syscall, syscall + 2, begin, flags, entry_, syscall, site.nr, end};
    return true;
  }
  const std::uintptr_t native = at_;
  code({0x0f, 0x05});                  // syscall
  *record = {native, at_, begin, flags, entry_, syscall, site.nr, end};
  if (!move(syscall + 2, end)) return false;
  code({0xe9});                        // jmp end
  return distance(end);
}

bool StubWriter::write(Site& site) noexcept {
  const std::uintptr_t start = at_ = (at_ + 15) & ~15UL;
  if (at_ + stub_room > end_) return false;
  if (write_code(site)) return true;
  if (site.verdict != Verdict::jump) return false;
  at_ = start;
  site.verdict = Verdict::trap;
  site.window_begin = 0;
  site.window_end = 2;
  return write_code(site);
}

}  // namespace unblock::patch
