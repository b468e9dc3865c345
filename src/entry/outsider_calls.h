// What of an outsider's calls concerns fibers: wakes them, changes what is remembered of descriptors, stacks,
// credentials and dispositions, or is about a thread that is one.
#pragma once

#include "entry/frame.h"

namespace unblock::outsider_calls {

/// Answers such a call of the calling thread, which is no fiber, or does what fibers need before the kernel
/// does. Not for those that make a child, nor for those that lock a priority-inheriting mutex. While it runs
/// the runtime must stay as it is.
[[nodiscard]] Verdict answer(Frame& frame);

}  // namespace unblock::outsider_calls
