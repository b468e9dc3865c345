// Chooses what a jump to a site's stub displaces: whole instructions, five bytes or more.
#pragma once

#include "site_finder.h"

namespace unblock::patch {

constexpr int jump_size = 5;     ///< bytes of `jmp rel32`

/// Decides what an undecided site becomes: Verdict::jump, with its window, or Verdict::trap. `taken` is
/// the end of the window before: what lies there is displaced already.
void choose_window(Site& site, std::uintptr_t taken, const Decoder& decoder) noexcept;

}  // namespace unblock::patch
