// What the watchdog sees of each processor, and what it does about it.
#pragma once

#include <cstdint>

namespace unblock::sights {

enum class Seen : std::uint8_t {
  Nothing,
  Running,    ///< a fiber that may have begun to compute: one more look will tell
  Computing,  ///< a fiber that computes for long, be it that it has just lost its processor for that, or any
              ///< where one more processor may be: look again soon
  Retaken,    ///< a processor was taken from a fiber that blocked
  Due,        ///< something was to be done, and has not been
};

/// Looks at all processors once: takes those back whose fiber has had them for too long, asks the loops of
/// those whose fiber computes, and finds help for those that do not get to what is ready. The watchdog's
/// thread; without the process' table of descriptors it does none of that, and says that it is due.
[[nodiscard]] Seen look(bool has_table = true) noexcept;

/// Forgets what was seen: before the watchdog starts.
void reset() noexcept;

}  // namespace unblock::sights
