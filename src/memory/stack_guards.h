// Guards: the bytes at the low end of a stack that nobody can use, so that one that overflows ends there.
#pragma once

#include <cstdint>

#include "memory/stack_slabs.h"

namespace unblock::stack_guards {

/// Makes the lowest `bytes` of `place` its guard, these and no others. 0 or a negative error number. By one
/// kernel thread at a time.
///
/// With Linux 6.13 or later a guard is a mark in the page table (MADV_GUARD_INSTALL). Before, it is a mapping
/// without access, as natively, and of those a process may have so many (vm.max_map_count): that threads
/// beyond can be had at all, they have stacks without a guard.
[[nodiscard]] long set(stack_slabs::Place place, std::uint32_t bytes) noexcept;

/// What was mapped at `place` is no more, its guard included.
void lost(stack_slabs::Place place) noexcept;

}  // namespace unblock::stack_guards
