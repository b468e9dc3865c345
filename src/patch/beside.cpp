// Looks for instructions that can be replaced one by one.
#include "beside.h"

#include "window.h"

namespace unblock::patch {

namespace {

constexpr std::size_t hop_size = 2;  // bytes of `jmp rel8`

const std::uint8_t* bytes_at(std::uintptr_t address) noexcept {
  return reinterpret_cast<const std::uint8_t*>(address);
}

// Two bytes within an aligned quadword change at once for whoever executes them. See AMD64 Architecture
// Programmer's Manual, volume 2, 7.6.1, "Cross-modifying code".
bool changes_at_once(std::uintptr_t address) noexcept { return address % 8 != 7; }

// Where the call's own loop, if it is one, comes back to, relative to the site.
int loops_to(const Site& site) noexcept {
  const std::uint8_t* behind = bytes_at(site.address + 2);
  return behind[0] == 0xeb ? 4 + static_cast<std::int8_t>(behind[1]) : Site::reach;
}

// Takes the nearest instruction ahead that has room for a jump. If code elsewhere leads to what is between,
// it is not caught there; `all_ways`: then it will not do.
bool take_ahead(Site& site, const Decoder& decoder, bool all_ways) noexcept {
  const int loop = loops_to(site);
  for (int end = 0, begin = 0; begin > -Site::reach; end = begin) {
    if (all_ways && site.target(end) && end != loop) return false;
    do --begin;
    while (begin > -Site::reach && !site.boundary(begin));
    const std::uintptr_t address = shifted(site.address, begin);
    Instruction instruction;
    if (!decoder.decode(address, shifted(site.address, end), instruction)) return false;
    const bool whole = instruction.length == end - begin && instruction.movable;
    if (!whole || instruction.flow != Instruction::Flow::next) return false;
    if (instruction.length < jump_size || !changes_at_once(address)) continue;
    site.window_begin = static_cast<std::int8_t>(begin);
    site.window_end = static_cast<std::int8_t>(end);
    site.verdict = Verdict::ahead;
    return true;
  }
  return false;
}

// `nopw`, `nopl`, with prefixes or not.
bool is_no_op(const Instruction& instruction) noexcept {
  const std::uint8_t* at = bytes_at(instruction.address);
  while (*at == 0x66 || *at == 0x2e) ++at;
  return at[0] == 0x0f && at[1] == 0x1f;
}

bool overlaps(const Site& site, Range range) noexcept {
  if (site.verdict == Verdict::hop) return range.overlaps({site.cave, site.cave + site.cave_size});
  const Range window{shifted(site.address, site.window_begin), shifted(site.address, site.window_end)};
  return site.verdict == Verdict::ahead && range.overlaps(window);
}

// Whether this no-op can hold a jump for `site`: it has the room behind a short one over it, is near, and
// free.
bool holds(const Instruction& no_op, const Site& site, Sites sites) noexcept {
  if (no_op.length < hop_size + jump_size || !changes_at_once(no_op.address)) return false;
  const auto distance = static_cast<std::intptr_t>(no_op.address + hop_size) -
                        static_cast<std::intptr_t>(site.address + hop_size);
  if (distance < INT8_MIN || distance > INT8_MAX) return false;
  for (const Site& other : sites)
    if (overlaps(other, {no_op.address, no_op.end()})) return false;
  return true;
}

bool take_hop(Site& site, const Decoder& decoder, const FunctionBounds& bounds, Sites sites) noexcept {
  if (!changes_at_once(site.address)) return false;
  const std::size_t own = bounds.before(site.address);
  for (std::size_t index = own ? own - 1 : 0; index <= own + 1 && index < bounds.size(); ++index) {
    const bool last = index + 1 == bounds.size();
    const std::uintptr_t end = last ? bounds.at(index).range.end : bounds.begin(index + 1);
    Instruction instruction;
    for (std::uintptr_t at = bounds.begin(index); at < end; at = instruction.end()) {
      if (!decoder.decode(at, end, instruction)) break;
      if (!is_no_op(instruction) || !holds(instruction, site, sites)) continue;
      site.cave = at;
      site.cave_size = instruction.length;
      site.verdict = Verdict::hop;
      return true;
    }
  }
  return false;
}

}  // namespace

bool never_returns(const Site& site) noexcept {
  const int loop = loops_to(site);
  return loop <= 0 && loop > -Site::reach && site.boundary(loop);
}

void choose_beside(const Object& object, const Decoder& decoder, Sites sites) noexcept {
  const FunctionBounds bounds(object);
  for (Site& site : sites)
    if (site.verdict == Verdict::undecided) static_cast<void>(take_ahead(site, decoder, true));
  for (Site& site : sites) {
    if (site.verdict != Verdict::undecided) continue;
    if (take_hop(site, decoder, bounds, sites) || take_ahead(site, decoder, false)) continue;
    site.verdict = Verdict::left;
    site.why_left = "no room for a jump that no other thread could be in the middle of";
  }
}

}  // namespace unblock::patch
