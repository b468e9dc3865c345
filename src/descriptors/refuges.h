// Where calls go on that wait for a file whose descriptor was closed under them.
#pragma once

namespace unblock::descriptors {

/// Another, hidden descriptor of the file that `fd` is, for `users` waiters, each of whom gives it up with
/// leave_refuge(). Negative if the kernel has none to give.
[[nodiscard]] int open_refuge(int fd, unsigned users) noexcept;

}  // namespace unblock::descriptors
