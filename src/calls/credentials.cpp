// setuid and its relatives.
#include "fibers/credentials.h"

#include "arguments.h"
#include "handlers.h"

namespace unblock::calls {

long setuid(Fiber& fiber, long first) noexcept {
  return credentials::change(fiber, SYS_setuid, Words(first).words);
}

long setgid(Fiber& fiber, long first) noexcept {
  return credentials::change(fiber, SYS_setgid, Words(first).words);
}

long setreuid(Fiber& fiber, long first, long second) noexcept {
  return credentials::change(fiber, SYS_setreuid, Words(first, second).words);
}

long setregid(Fiber& fiber, long first, long second) noexcept {
  return credentials::change(fiber, SYS_setregid, Words(first, second).words);
}

long setresuid(Fiber& fiber, long first, long second, long third) noexcept {
  return credentials::change(fiber, SYS_setresuid, Words(first, second, third).words);
}

long setresgid(Fiber& fiber, long first, long second, long third) noexcept {
  return credentials::change(fiber, SYS_setresgid, Words(first, second, third).words);
}

long setgroups(Fiber& fiber, long first, long second) noexcept {
  return credentials::change(fiber, SYS_setgroups, Words(first, second).words);
}

}  // namespace unblock::calls
