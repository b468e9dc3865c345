// A thread of the program becomes a fiber, and a thread again.
#pragma once

#include "fibers/fiber.h"
#include "patch/patch.h"

namespace unblock::adoption {

/// Makes the calling thread a fiber that founds a group. If it is the only one of the process its kernel
/// thread is the first carrier and holds the first processor; beside others it is reserved for it
/// (carrier.h). Null if there is no memory, or too many have started. begin() or undo() follows.
[[nodiscard]] Fiber* prepare(patch::Others others) noexcept;

/// From here on its calls are ours.
void begin(Fiber& founder) noexcept;

/// Takes prepare() back.
void undo(Fiber& founder) noexcept;

/// Makes `founder`, the calling fiber and the last of its group, the thread it was. Where others run it is on
/// its own kernel thread already.
void end(Fiber& founder) noexcept;
}  // namespace unblock::adoption
