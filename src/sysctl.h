// The kernel's settings under /proc/sys. proc_sys(5).
#pragma once

namespace unblock::sysctl {

/// The number that the file at `path` begins with, or -1 if there is none to be read. Async-signal-safe.
[[nodiscard]] long number(const char* path) noexcept;

}  // namespace unblock::sysctl
