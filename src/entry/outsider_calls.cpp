// The calls of threads that are no fibers, by what they change. Where locks of ours are taken no handler
// runs: it might need one that the flow it interrupts has.
#include "entry/outsider_calls.h"

#include <algorithm>
#include <fcntl.h>
#include <linux/futex.h>
#include <optional>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "calls/closing.h"
#include "calls/cpu_clocks.h"
#include "descriptors/descriptors.h"
#include "entry/dispatch.h"
#include "entry/outsiders.h"
#include "entry/process.h"
#include "fibers/credentials.h"
#include "fibers/processors.h"
#include "fibers/scheduling.h"
#include "kernel.h"
#include "memory/stacks.h"
#include "runtime.h"
#include "signals/signals.h"
#include "undisturbed.h"
#include "waits/futex.h"
#include "waits/futex_pi.h"

namespace unblock::outsider_calls {

namespace {

template <class T>
T* pointer(long word) noexcept {
  return reinterpret_cast<T*>(word);
}

Verdict answered(Frame& frame, long result) noexcept {
  frame.rax = static_cast<std::uint64_t>(result);
  return Verdict::Answered;
}

// To the kernel, unless there is an error.
Verdict native_unless(Frame& frame, long error) noexcept {
  return error ? answered(frame, error) : Verdict::Native;
}

// Makes the call here, then whatever depends on its having been made.
template <class Then>
Verdict made(Frame& frame, Then&& then) noexcept {
  const long(&words)[6] = frame.arguments;
  const long result =
      kernel::call(static_cast<long>(frame.rax), words[0], words[1], words[2], words[3], words[4], words[5]);
  then(result);
  return answered(frame, result);
}

Verdict futex(Frame& frame) noexcept {
  const long(&words)[6] = frame.arguments;
  if ((words[1] & FUTEX_CMD_MASK) == FUTEX_UNLOCK_PI) {
    const Undisturbed undisturbed;
    return answered(frame,
                    futex_pi::unlock_outside(pointer<std::uint32_t>(words[0]), static_cast<int>(words[1])));
  }
  if (!futex::concerns_fibers(pointer<std::uint32_t>(words[0]), static_cast<int>(words[1]),
                              pointer<std::uint32_t>(words[4])))
    return Verdict::Native;
  const Undisturbed undisturbed;
  const long result = futex::wake_from_outside(
      pointer<std::uint32_t>(words[0]), static_cast<int>(words[1]), static_cast<std::uint32_t>(words[2]),
      words[3], pointer<std::uint32_t>(words[4]), static_cast<std::uint32_t>(words[5]));
  if (outsiders::lent()) process::interrupt_idle_carriers();
  return answered(frame, result);
}

// Of closing and duplicating: closing.h. Locks are taken where fibers wait for what is closed.
Verdict descriptors_change(Frame& frame) noexcept {
  const long(&words)[6] = frame.arguments;
  const int first = static_cast<int>(words[0]), second = static_cast<int>(words[1]);
  const long nr = static_cast<long>(frame.rax);
  if (nr == SYS_dup) return native_unless(frame, closing::before_duplicate(first));
  std::optional<Undisturbed> undisturbed;
  if (nr == SYS_close_range || processors::watching(nr == SYS_close ? first : second)) undisturbed.emplace();
  if (nr == SYS_close) return native_unless(frame, closing::before_close(first));
  if (nr != SYS_close_range) return native_unless(frame, closing::before_replacing(first, second));
  return answered(frame, closing::close_range(static_cast<unsigned>(first), static_cast<unsigned>(second),
                                              static_cast<unsigned>(words[2])));
}

// What is remembered of a descriptor is asked again after it was set.
Verdict settings_change(Frame& frame) noexcept {
  const long(&words)[6] = frame.arguments;
  const int fd = static_cast<int>(words[0]);
  const auto change = [&](long) { descriptors::changed(fd); };
  switch (static_cast<long>(frame.rax)) {
    case SYS_fcntl:
      if (words[1] == F_DUPFD || words[1] == F_DUPFD_CLOEXEC) descriptors::duplicated(fd);
      return words[1] == F_SETFL ? made(frame, change) : Verdict::Native;
    case SYS_ioctl: return words[1] == FIONBIO ? made(frame, change) : Verdict::Native;
    case SYS_setsockopt: {
      const auto level = static_cast<int>(words[1]), option = static_cast<int>(words[2]);
      return descriptors::concerns_us(level, option)
                 ? made(frame, [&](long) { descriptors::option_set(fd, level, option); })
                 : Verdict::Native;
    }
    default: descriptors::shared(); return Verdict::Native;  // a message may carry some to another process
  }
}

// A thread's stack may come from a slab of ours: libc keeps those of threads that ended for any other.
Verdict stacks_change(Frame& frame) noexcept {
  const long(&words)[6] = frame.arguments;
  const auto begin = static_cast<std::uintptr_t>(words[0]);
  const auto bytes = static_cast<std::size_t>(words[1]);
  if (!stacks::concerns_us(begin, bytes)) return Verdict::Native;
  const Undisturbed undisturbed;
  long result = stacks::kernels;
  switch (static_cast<long>(frame.rax)) {
    case SYS_munmap: result = stacks::unmap(begin, bytes); break;
    case SYS_mprotect: result = stacks::protect(begin, bytes, static_cast<int>(words[2])); break;
    default: stacks::disown(begin, bytes);
  }
  return result == stacks::kernels ? Verdict::Native : answered(frame, result);
}

// Calls about a thread, which may be a fiber that the kernel does not know: as if it asked itself.
Verdict about_thread(Frame& frame, long tid) noexcept {
  Fiber* target = tid ? fibers::find(static_cast<pid_t>(tid)) : nullptr;
  if (!target) return Verdict::Native;
  const Undisturbed undisturbed;
  return answered(frame, dispatch::answer(*target, static_cast<long>(frame.rax), frame.arguments));
}

// The thread that a call is about, 0 for the caller; nothing if it is about none.
std::optional<long> thread_of(long nr, const long (&words)[6]) noexcept {
  switch (nr) {
    case SYS_tgkill:
    case SYS_rt_tgsigqueueinfo: return words[1];
    case SYS_getpriority:
    case SYS_setpriority: return words[0] == PRIO_PROCESS ? words[1] : 0;
    case SYS_ioprio_get:
    case SYS_ioprio_set: return words[0] == scheduling::io_of_thread ? words[1] : 0;
    case SYS_clock_gettime:
    case SYS_clock_getres:
    case SYS_timer_create: return std::max(0, calls::thread_timed_by(static_cast<clockid_t>(words[0])));
    case SYS_tkill:
    case SYS_sched_getaffinity:
    case SYS_sched_setaffinity:
    case SYS_sched_getparam:
    case SYS_sched_setparam:
    case SYS_sched_getscheduler:
    case SYS_sched_setscheduler:
    case SYS_sched_rr_get_interval:
    case SYS_sched_getattr:
    case SYS_sched_setattr:
    case SYS_get_robust_list: return words[0];
    default: return std::nullopt;
  }
}

Verdict about_process(Frame& frame) {
  switch (static_cast<long>(frame.rax)) {
    case SYS_rt_sigaction: {
      const Undisturbed undisturbed;
      return answered(frame, process::rt_sigaction(nullptr, frame));
    }
    case SYS_exit_group: runtime::exit_process(static_cast<int>(frame.arguments[0]));
    case SYS_execve:
    case SYS_execveat: signals::expose_faults(); return made(frame, [](long) { signals::hide_faults(); });
    default: {  // setuid and its relatives
      const Undisturbed undisturbed;
      return made(frame, [](long result) {
        if (result == 0) credentials::changed();
      });
    }
  }
}

}  // namespace

Verdict answer(Frame& frame) {
  const long(&words)[6] = frame.arguments;
  switch (static_cast<long>(frame.rax)) {
    case SYS_futex: return futex(frame);
    case SYS_close:
    case SYS_close_range:
    case SYS_dup:
    case SYS_dup2:
    case SYS_dup3: return descriptors_change(frame);
    case SYS_fcntl:
    case SYS_ioctl:
    case SYS_setsockopt:
    case SYS_sendmsg:
    case SYS_sendmmsg: return settings_change(frame);
    case SYS_munmap:
    case SYS_mprotect:
    case SYS_mremap: return stacks_change(frame);
    default: break;
  }
  const std::optional<long> thread = thread_of(static_cast<long>(frame.rax), words);
  return thread ? about_thread(frame, *thread) : about_process(frame);
}

}  // namespace unblock::outsider_calls
