// What closing a descriptor, or giving its number to another file, takes: whoever does it.
#pragma once

namespace unblock::closing {

/// To be called before the kernel closes `fd`, duplicates it, makes `to` a duplicate of `from`: waiters go on
/// with the file they wait for, and nothing that is known of a number outlives it. 0, or -EBADF for a
/// descriptor of ours, which the program must find closed.
[[nodiscard]] long before_close(int fd) noexcept;
[[nodiscard]] long before_duplicate(int fd) noexcept;
[[nodiscard]] long before_replacing(int from, int to) noexcept;

/// close_range(2), around our own.
long close_range(unsigned first, unsigned last, unsigned flags) noexcept;

}  // namespace unblock::closing
