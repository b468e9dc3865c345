// The listeners of an iterative server: where its flows come back to.
#pragma once

#include "siblings/home_call.h"

namespace unblock::homes {

/// Whether a program that accepts from `fd` waits there: it listens, and is not O_NONBLOCK. Asks the kernel.
[[nodiscard]] bool listens(int fd) noexcept;

/// Whether `fd` is one of those that were added.
[[nodiscard]] bool has(int fd) noexcept;

/// Adds `fd` if it listens. Whether it is one of them now: there is room for a few.
[[nodiscard]] bool add(int fd) noexcept;

/// One of them; there is at least one.
[[nodiscard]] int any() noexcept;

/// `fd` is no more.
void closed(int fd) noexcept;

/// Of several that a poll or select has found ready it is to tell of one, each in its turn. Says how much
/// less the answer is.
[[nodiscard]] long keep_one(const HomeCall& call) noexcept;

/// There are none: in a fork's child.
void forget() noexcept;

}  // namespace unblock::homes
