// A stretch in which a fiber's blocking calls are the kernel's own.
#pragma once

#include "fibers/fiber.h"

namespace unblock {

/// While it lives, the calling fiber's calls of a facility (facilities.h) go to the kernel as they are; those
/// that fibers are made of are answered as ever. Nothing on what is no fiber. The others go on with another
/// kernel thread once such a call lasts. A thread that is cancelled in it stays so until it has ended.
class NativeSection {
 public:
  explicit NativeSection(Fiber* fiber) noexcept : fiber_(fiber && !fiber->native_only ? fiber : nullptr) {
    if (fiber_) fiber_->native_only = Fiber::by_wish;
  }
  ~NativeSection() {
    if (fiber_) fiber_->native_only = 0;
  }
  NativeSection(const NativeSection&) = delete;
  NativeSection& operator=(const NativeSection&) = delete;

 private:
  Fiber* fiber_;  // null: it is in one already, or none
};

}  // namespace unblock
