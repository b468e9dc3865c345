// What a filter of system calls says of a call: classic BPF as seccomp(2) runs it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <linux/filter.h>

namespace unblock::seccomp_filter {

/// What `program`, `count` instructions of it, returns for a call of that number, all of whose arguments are
/// 0: SECCOMP_RET_ALLOW and the like. SECCOMP_RET_KILL_PROCESS for one that the kernel would not take.
/// Async-signal-safe.
[[nodiscard]] std::uint32_t verdict(const sock_filter* program, std::size_t count, int nr) noexcept;

}  // namespace unblock::seccomp_filter
