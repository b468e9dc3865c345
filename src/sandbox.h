// Programs that filter their own system calls: seccomp(2). A filter is a kernel thread's, and the runtime
// makes calls of its own on each of them.
#pragma once

namespace unblock::sandbox {

/// What seccomp(2), or prctl(2) with PR_SET_SECCOMP, is asked for.
struct Request {
  bool strict;         ///< read, write and exit alone: SECCOMP_SET_MODE_STRICT
  unsigned flags;      ///< SECCOMP_FILTER_FLAG_TSYNC and the like
  const void* filter;  ///< sock_fprog, in the program's memory
};

/// Whether that call asks for such; if so, for what.
[[nodiscard]] bool asks(long nr, const long (&arguments)[6], Request& request) noexcept;

/// Makes the call for a fiber. A filter that is for all threads, or of a program that has no other fiber, and
/// that allows what the runtime does, holds for all kernel threads; any other is refused with -EINVAL, as by
/// a kernel without such, and a line says why.
long enter(const Request& request) noexcept;

/// The same call is about to be made by a thread that is no fiber. False if it is to be refused so.
[[nodiscard]] bool passes(const Request& request) noexcept;

/// A fiber has asked for PR_SET_NO_NEW_PRIVS, without which not everybody may enter: prctl(2).
void without_new_privileges() noexcept;

/// Null, or why there can be no fibers: the program has filtered what the runtime does before there were any.
[[nodiscard]] const char* obstacle() noexcept;

}  // namespace unblock::sandbox
