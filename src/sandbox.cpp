// Whether a filter leaves the runtime what it needs.
#include "sandbox.h"

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>

#include "fibers/fiber.h"
#include "kernel.h"
#include "log.h"
#include "memory/memory.h"
#include "runtime.h"
#include "seccomp_filter.h"
#include "watchdog/peek.h"

namespace unblock::sandbox {

namespace {

constinit std::atomic<const char*> why_not{nullptr};
constinit std::atomic<bool> no_new_privileges{false};

// What the runtime calls for reasons of its own, or in the place of what the program called.
constexpr int own_calls[] = {
    SYS_arch_prctl,
    SYS_clock_gettime,
    SYS_clone,
    SYS_close,
    SYS_epoll_create1,
    SYS_epoll_ctl,
    SYS_epoll_wait,
    SYS_eventfd2,
    SYS_exit,
    SYS_exit_group,
    SYS_fcntl,
    SYS_fstat,
    SYS_futex,
    SYS_get_robust_list,
    SYS_getpid,
    SYS_getsockopt,
    SYS_gettid,
    SYS_ioctl,
    SYS_madvise,
    SYS_membarrier,
    SYS_mincore,
    SYS_mmap,
    SYS_mprotect,
    SYS_mremap,
    SYS_munmap,
    SYS_nanosleep,
    SYS_newfstatat,
    SYS_openat,
    SYS_poll,
    SYS_prctl,
    SYS_preadv2,
    SYS_prlimit64,
    SYS_process_vm_readv,
    SYS_pwritev2,
    SYS_read,
    SYS_recvfrom,
    SYS_recvmsg,
    SYS_rt_sigaction,
    SYS_rt_sigpending,
    SYS_rt_sigprocmask,
    SYS_rt_sigtimedwait,
    SYS_rt_tgsigqueueinfo,
    SYS_sched_getaffinity,
    SYS_sched_yield,
    SYS_sendmsg,
    SYS_sendto,
    SYS_sigaltstack,
    SYS_tgkill,
    SYS_timerfd_create,
    SYS_timerfd_settime,
    SYS_write,
};

bool allows(const sock_filter* program, std::size_t count) noexcept {
  for (const int nr : own_calls) {
    const std::uint32_t verdict = seccomp_filter::verdict(program, count, nr) & SECCOMP_RET_ACTION_FULL;
    if (verdict != SECCOMP_RET_ALLOW && verdict != SECCOMP_RET_LOG) return false;
  }
  return true;
}

// Whether the runtime can go on under it. What cannot be read the kernel will refuse.
bool bearable(const Request& request) noexcept {
  if (request.strict) return false;
  sock_fprog filter;
  if (peek(&filter, reinterpret_cast<std::uintptr_t>(request.filter), sizeof filter) < sizeof filter)
    return true;
  const std::size_t bytes = filter.len * sizeof *filter.filter;
  auto* copy = static_cast<sock_filter*>(bytes ? memory::map(bytes) : nullptr);
  if (!copy) return bytes == 0;
  const bool whole = peek(copy, reinterpret_cast<std::uintptr_t>(filter.filter), bytes) == bytes;
  const bool answer = !whole || allows(copy, filter.len);
  memory::unmap(copy, bytes);
  return answer;
}

bool for_all(const Request& request) noexcept { return request.flags & SECCOMP_FILTER_FLAG_TSYNC; }

long refused(const char* why) noexcept {
  log::warning(log::core, "a seccomp filter is refused: ", why,
               "; run the program without its sandbox, or without unblock");
  return -EINVAL;
}

constexpr char forbids[] = "it forbids calls that unblock makes for the program's threads";

}  // namespace

bool asks(long nr, const long (&arguments)[6], Request& request) noexcept {
  const auto* filter = reinterpret_cast<const void*>(arguments[2]);
  if (nr == SYS_prctl && arguments[0] == PR_SET_SECCOMP) {
    request = {arguments[1] == SECCOMP_MODE_STRICT, 0, filter};
    return arguments[1] == SECCOMP_MODE_STRICT || arguments[1] == SECCOMP_MODE_FILTER;
  }
  request = {arguments[0] == SECCOMP_SET_MODE_STRICT, static_cast<unsigned>(arguments[1]), filter};
  return nr == SYS_seccomp &&
         (arguments[0] == SECCOMP_SET_MODE_STRICT || arguments[0] == SECCOMP_SET_MODE_FILTER);
}

long enter(const Request& request) noexcept {
  if (!bearable(request)) return refused(forbids);
  if (!for_all(request) && fibers::live() > 1)
    return refused("it is for one thread, and kernel threads serve all of them");
  if (no_new_privileges.load(std::memory_order_relaxed))
    kernel::call(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  const long result = kernel::call(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                                   request.flags | SECCOMP_FILTER_FLAG_TSYNC, request.filter);
  return result > 0 && !for_all(request) ? -EBUSY : result;
}

bool passes(const Request& request) noexcept {
  if (bearable(request)) return true;
  if (!runtime::active()) {
    why_not.store("it filters its system calls (seccomp)", std::memory_order_relaxed);
    return true;
  }
  return !for_all(request) || refused(forbids) == 0;
}

void without_new_privileges() noexcept { no_new_privileges.store(true, std::memory_order_relaxed); }

const char* obstacle() noexcept { return why_not.load(std::memory_order_relaxed); }

}  // namespace unblock::sandbox
