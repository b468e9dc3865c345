// Whose memory it is: this process' alone, or another's, too.
#pragma once

namespace unblock::sharing {

/// Whether what is at `address` is this process' alone, as the kernel has it: not in a shared mapping, and no
/// other process runs in our memory. False also where nothing is mapped, and where the kernel cannot be asked
/// (before Linux 6.11, without /proc). Several system calls the first time, then one. On a fiber.
[[nodiscard]] bool ours_alone(const void* address) noexcept;

/// Another process runs in our memory from now on: clone(2) with CLONE_VM alone.
void has_company() noexcept;
[[nodiscard]] bool in_company() noexcept;

}  // namespace unblock::sharing
