// Looks objects up by the hash that the linker leaves in them, see ld(1), --build-id.
#include "known.h"

namespace unblock::patch {

const KnownObject* known(const Object& object) noexcept {
  for (const KnownObject& one : known_objects())
    if (object.has_build_id && one.build_id == object.build_id) return &one;
  return nullptr;
}

std::uint32_t digest(const Site& site) noexcept {
  std::uint32_t hash = 2166136261;  // FNV-1a
  for (int at = site.window_begin; at < site.window_end; ++at) {
    const std::uintptr_t address = shifted(site.address, at);
    hash = (hash ^ *reinterpret_cast<const std::uint8_t*>(address)) * 16777619;
  }
  return hash;
}

bool recall(const Object& object, const KnownObject& known, const KnownSite& then, Site& site) noexcept {
  site = Site{};
  site.address = object.base + then.offset;
  site.nr = then.nr;
  site.window_begin = then.window_begin;
  site.window_end = then.window_end;
  site.verdict = then.verdict;
  if (!site.rewritten()) site.why_left = known.reasons[then.why_left];
  return digest(site) == then.digest;
}

}  // namespace unblock::patch
