// Which programs cannot be served by siblings, and saying so.
#pragma once

namespace unblock::iterative {

/// Why the flows of this program cannot share their stack; null if they can.
[[nodiscard]] const char* obstacle() noexcept;

/// Says in one line on stderr that connections are served one at a time, and why. With --strict it ends
/// there, unless some have been served already.
void decline(const char* why) noexcept;

}  // namespace unblock::iterative
