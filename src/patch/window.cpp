// Chooses windows: from the site onwards if that is room enough, else backwards, else both ways.
#include "window.h"

namespace unblock::patch {

namespace {

using Flow = Instruction::Flow;

constexpr int most = 16;         // displaced bytes on either side that we look at

// The next instruction boundary behind `offset`, or one out of reach.
int boundary_behind(const Site& site, int offset) noexcept {
  do ++offset;
  while (offset < Site::reach && !site.boundary(offset));
  return offset;
}

int boundary_before(const Site& site, int offset) noexcept {
  do --offset;
  while (offset >= -Site::reach && !site.boundary(offset));
  return offset;
}

constexpr std::uintptr_t at(const Site& site, int offset) noexcept {
  return shifted(site.address, offset);
}

// Decodes the instruction between two boundaries; false if it cannot be displaced.
bool displaceable(const Site& site, int begin, int end, const Decoder& decoder, Instruction& out) noexcept {
  return decoder.decode(at(site, begin), at(site, end), out) && out.length == end - begin && out.movable;
}

// How far instructions can be displaced behind the site, until the window is long enough; 0 if never.
// What follows a jump or a return has no way in that we know of, so it is not ours to displace; and a
// branch comes last because it may grow: what is displaced is as far from the call in the stub as it was.
int extend(const Site& site, int begin, const Decoder& decoder) noexcept {
  int end = 2;
  bool flows_on = true;
  while (end - begin < jump_size) {
    const int next = boundary_behind(site, end);
    Instruction instruction;
    if (!flows_on || next > most || !displaceable(site, end, next, decoder, instruction)) return 0;
    flows_on = instruction.flow == Flow::next;
    end = next;
  }
  return end;
}

// The boundaries before the site down to which code may be displaced; [0] is the site itself.
struct Starts {
  int offset[most] = {0};
  int count = 1;
};

Starts starts_before(const Site& site, std::uintptr_t taken, const Decoder& decoder) noexcept {
  Starts starts;
  for (int begin = 0; starts.count < most && !site.entered(begin);) {
    const int previous = boundary_before(site, begin);
    Instruction instruction;
    if (previous < -most || at(site, previous) < taken) break;
    if (!displaceable(site, previous, begin, decoder, instruction)) break;
    if (instruction.flow != Flow::next) break;
    starts.offset[starts.count++] = begin = previous;
  }
  return starts;
}

// Takes the window unless code elsewhere leads into its middle.
bool take(Site& site, int begin, int end) noexcept {
  for (int offset = begin + 1; offset < end; ++offset)
    if (site.entered(offset)) return false;
  site.window_begin = static_cast<std::int8_t>(begin);
  site.window_end = static_cast<std::int8_t>(end);
  site.verdict = Verdict::jump;
  return true;
}

bool find_window(Site& site, std::uintptr_t taken, const Decoder& decoder) noexcept {
  if (!site.targets_known) return false;
  if (const int end = extend(site, 0, decoder); end && take(site, 0, end)) return true;
  const Starts starts = starts_before(site, taken, decoder);
  for (int i = 1; i < starts.count; ++i)
    if (2 - starts.offset[i] >= jump_size && take(site, starts.offset[i], 2)) return true;
  for (int i = 1; i < starts.count; ++i)
    if (const int end = extend(site, starts.offset[i], decoder); end && take(site, starts.offset[i], end))
      return true;
  return false;
}

}  // namespace

void choose_window(Site& site, std::uintptr_t taken, const Decoder& decoder) noexcept {
  if (site.verdict != Verdict::undecided) return;
  if (!find_window(site, taken, decoder)) site.verdict = Verdict::trap;
}

}  // namespace unblock::patch
