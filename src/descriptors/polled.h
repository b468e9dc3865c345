// What polls of descriptors found, by which the next ones go about it.
#pragma once

namespace unblock::descriptors {

/// A poll(2) of `fd`, perhaps with a few others, found some of them ready at once, or none.
void note_poll(int fd, bool found) noexcept;

/// Whether a poll of `fd` is to wait before it asks: the last one that asked did so in vain. Never wrong, since
/// what is ready the loop reports; only slower, so now and then it is to ask all the same.
[[nodiscard]] bool polled_in_vain(int fd) noexcept;

/// The program was told that `fd` is readable: its next read need not wait before it asks.
void note_readable(int fd) noexcept;

}  // namespace unblock::descriptors
