// What a descriptor's watch keeps of one fiber that waits for it.
#pragma once

#include <cstdint>

namespace unblock {

struct Fiber;

/// A waiter in the queue of a descriptor; belongs to the holder of the fiber's processor. Lies in the
/// fiber's control block or its scratch memory, never on a stack.
struct IoWaiter {
  Fiber* fiber = nullptr;
  int fd = -1;             ///< changes if the descriptor is closed under the waiter
  unsigned events = 0;     ///< Readiness wanted
  int emptied = -1;        ///< what its fiber itself found empty when it last read
  bool exclusive = false;  ///< one event wakes one such waiter
  bool moved = false;      ///< the descriptor was closed, and fd is the file's refuge
  bool queued = false;
  std::uint8_t told = 0;   ///< Readiness of its that was reported; Inexact if the kernel may say otherwise
  IoWaiter* next = nullptr;
  IoWaiter* previous = nullptr;
};

}  // namespace unblock
