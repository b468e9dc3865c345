// Starting and stopping, as a scope.
#pragma once

#include <system_error>

#include "deadline.hpp"


namespace unblock {

/// While it lives, threads that the calling thread makes, and those that they make, are fibers. Its end waits
/// for them, an exception on its way or not. See unblock_start(), unblock_stop().
class runtime {
 public:
  /// Throws std::system_error with the number and the reason if it cannot be.
  explicit runtime(const char* options = nullptr) {
    if (const int error = unblock_start(options))
      throw std::system_error(error, std::generic_category(), unblock_reason());
  }
  ~runtime() {
    // Whatever deadline is over, the fibers are waited for.
    const auto before = unblock_deadline(UNBLOCK_NEVER);
    unblock_stop();
    unblock_deadline(before);
  }
  runtime(const runtime&) = delete;
  runtime& operator=(const runtime&) = delete;
};

}  // namespace unblock
