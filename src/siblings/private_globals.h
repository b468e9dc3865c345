// --private-globals: what the program itself may write, .data and .bss, is each sibling's own, as after
// fork(2).
//
// By comparison, page for page, with a copy from when siblings began: a change costs as much as there are
// variables. Protecting pages instead, to learn which are written, would make a read(2) into one of them
// fail; the kernel's soft-dirty bits take system calls at each change (not measured against this).
#pragma once

#include "siblings/slices.h"

namespace unblock::private_globals {

/// Notes what there is now as what all have in common. False if there is no memory. Does nothing unless
/// --private-globals is given.
[[nodiscard]] bool begin() noexcept;

/// Keeps the pages that `sibling`, who is seated, has written.
void put_away(Sibling& sibling) noexcept;

/// Makes the pages that of `sibling`. The last one to be seated was put away, or has ended.
void bring_back(const Sibling& sibling) noexcept;

/// Whoever is seated has ended.
void abandon() noexcept;

/// What `sibling`, which has ended, keeps is given back.
void release(Sibling& sibling) noexcept;

}  // namespace unblock::private_globals
