// Page tables of stacks that nobody has: with the usual 8 MiB from one stack to the next each has a page of
// them, which stays when its own pages are given back. After a burst of threads they would be what is left of
// it, for good.
#pragma once

#include "memory/stack_slabs.h"

namespace unblock::stack_tables {

// All of these are for the holder of the lock of stacks.

/// `place` is given to the program, and is free again.
void taken(stack_slabs::Place place) noexcept;
void freed(stack_slabs::Place place) noexcept;

/// It becomes the kernel's; its state says what it was.
void lost(stack_slabs::Place place) noexcept;

/// Gives back the tables of some free places, if those that have some are many, and side by side. True if it
/// is to be called again, perhaps after others had the lock.
[[nodiscard]] bool give_back_some() noexcept;

/// From now on none are given back: mappings made anew would be resident at once. mlockall(2).
void keep_all() noexcept;

void forget() noexcept;

}  // namespace unblock::stack_tables
