// The loop for libev's watchers, as a scope. By itself, since it needs libev: not in unblock.hpp.
#pragma once

#include <new>

#include "../unblock_loop.h"

namespace unblock {

/// While it lives, unblock_loop() is the calling thread's: from unblock_loop_begin() to unblock_loop_end().
class loop_guard {
 public:
  /// Throws std::bad_alloc if there is no loop.
  loop_guard() {
    if (!unblock_loop()) throw std::bad_alloc();
    unblock_loop_begin();
  }
  ~loop_guard() { unblock_loop_end(); }
  loop_guard(const loop_guard&) = delete;
  loop_guard& operator=(const loop_guard&) = delete;

  [[nodiscard]] struct ev_loop* get() const noexcept { return unblock_loop(); }
  // Where libev's functions expect a loop
  operator struct ev_loop *() const noexcept { return get(); }
};

}  // namespace unblock
