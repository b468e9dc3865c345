// A scope without signal handlers.
#pragma once

#include <csignal>
#include <cstdint>

#include "kernel.h"

namespace unblock {

/// While one lives, every signal that can be blocked is, on the calling kernel thread. sigprocmask(2)
class Undisturbed {
 public:
  Undisturbed() noexcept {
    const std::uint64_t all = ~std::uint64_t{0};
    kernel::call(SYS_rt_sigprocmask, SIG_SETMASK, &all, &before_, sizeof all);
  }
  ~Undisturbed() { kernel::call(SYS_rt_sigprocmask, SIG_SETMASK, &before_, nullptr, sizeof before_); }
  Undisturbed(const Undisturbed&) = delete;
  Undisturbed& operator=(const Undisturbed&) = delete;

 private:
  std::uint64_t before_ = 0;
};

}  // namespace unblock
