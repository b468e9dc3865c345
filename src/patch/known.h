// Objects that were looked at when unblock was built: what was found, for those that are the same to the
// byte.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "objects.h"
#include "site_finder.h"

namespace unblock::patch {

/// A site of such an object, as it was decided on where no other thread ran.
struct KnownSite {
  std::uint32_t offset;        ///< from the object's base
  std::uint32_t digest;        ///< of the bytes to be rewritten
  std::int16_t nr;             ///< the system call, if a constant, else -1
  std::int8_t window_begin, window_end;
  Verdict verdict;
  std::uint8_t why_left;       ///< an index of the object's reasons
};

using KnownSites = std::span<const KnownSite>;

struct KnownObject {
  BuildId build_id;
  const char* const* reasons;
  KnownSites sites;
};

/// All that is known: written by list_known_sites when unblock is built.
[[nodiscard]] std::span<const KnownObject> known_objects() noexcept;

/// What is known of this object, or null.
[[nodiscard]] const KnownObject* known(const Object& object) noexcept;

/// Makes `site` what is known of it. False if other bytes are there now than were then.
[[nodiscard]] bool recall(const Object& object, const KnownObject& known, const KnownSite& then,
                          Site& site) noexcept;

/// Of the bytes that become of a site's window.
[[nodiscard]] std::uint32_t digest(const Site& site) noexcept;

}  // namespace unblock::patch
