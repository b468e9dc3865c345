// Which system call a site makes, where the code just before it says so.
#include "site_finder.h"

namespace unblock::patch {

namespace {

const unsigned char* bytes_at(std::uintptr_t address) noexcept {
  return reinterpret_cast<const unsigned char*>(address);
}

enum class Effect { unknown, keeps_rax, sets_rax };

// The forms compilers use between loading the number and making the call: moves and clearings of
// argument registers. Anything else might write rax.
Effect effect_of(const unsigned char* at, std::int32_t& value) noexcept {
  unsigned rex = 0;
  if ((*at & 0xf0) == 0x40) rex = *at++;
  const unsigned char opcode = at[0];
  const bool direct = at[1] >= 0xc0;
  const unsigned rm = (at[1] & 7U) | (rex & 1) << 3, reg = (at[1] >> 3 & 7U) | (rex & 4) << 1;
  if ((opcode & 0xf8) == 0xb8) {                                   // mov $value, reg
    if ((opcode & 7) || rex & 1) return Effect::keeps_rax;
    __builtin_memcpy(&value, at + 1, sizeof value);
    return rex ? Effect::unknown : Effect::sets_rax;
  }
  if (opcode == 0xc7 && direct && reg % 8 == 0) {                  // mov $value, rm
    __builtin_memcpy(&value, at + 2, sizeof value);
    return rm ? Effect::keeps_rax : Effect::sets_rax;
  }
  if ((opcode == 0x31 || opcode == 0x33) && direct && rm == reg) { // xor reg, reg
    value = 0;
    return rm ? Effect::keeps_rax : Effect::sets_rax;
  }
  if (opcode == 0x89) return direct && rm == 0 ? Effect::unknown : Effect::keeps_rax;   // mov reg, rm
  if (opcode == 0x8b || opcode == 0x8d) return reg == 0 ? Effect::unknown : Effect::keeps_rax;
  return Effect::unknown;
}

}  // namespace

std::int32_t constant_call(const Site& site) noexcept {
  std::int32_t value = -1;
  for (int at = 0, next = 0; !site.target(next) && site.targets_known; next = at) {
    do --at;
    while (at > -Site::reach && !site.boundary(at));
    if (at <= -Site::reach) return -1;
    const Effect effect = effect_of(bytes_at(shifted(site.address, at)), value);
    if (effect == Effect::sets_rax) return value;
    if (effect == Effect::unknown) return -1;
  }
  return -1;
}

}  // namespace unblock::patch
