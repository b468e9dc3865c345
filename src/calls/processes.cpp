// Programs and children.
#include <linux/prctl.h>
#include <sys/wait.h>

#include "arguments.h"
#include "asking.h"
#include "entry/in_place.h"
#include "handlers.h"
#include "kernel.h"
#include "runtime.h"
#include "sandbox.h"
#include "siblings/siblings.h"
#include "signals/alarms.h"
#include "user.h"

namespace unblock::calls {

namespace {

// A program starts with this flow's signal mask, and the dispositions that were ignored.
template <class Execute>
long execute(Fiber& fiber, Execute&& natively) noexcept {
  signals::expose_faults();
  signals::expose_mask(fiber);
  alarms::expose(fiber);
  const long error = natively();
  alarms::hide();
  signals::hide_mask();
  signals::hide_faults();
  return error;
}

}  // namespace

long execve(Fiber& fiber, const char* path, char* const* arguments, char* const* environment) noexcept {
  return execute(fiber, [&] { return kernel::call(SYS_execve, path, arguments, environment); });
}

long execveat(Fiber& fiber, int directory, const char* path, char* const* arguments, char* const* environment,
              int flags) noexcept {
  return execute(fiber,
                 [&] { return kernel::call(SYS_execveat, directory, path, arguments, environment, flags); });
}

long wait4(Fiber& fiber, pid_t pid, int* status, int options, rusage* usage) noexcept {
  // A child that has ended already costs no other carrier.
  const long result = kernel::call(SYS_wait4, pid, status, options | WNOHANG, usage);
  if (result != 0 || (options & WNOHANG)) return result;
  if (siblings::keeps_processor(fiber))
    return asking_again(fiber, [&] {
      const long found = kernel::call(SYS_wait4, pid, status, options | WNOHANG, usage);
      return found ? found : -EAGAIN;
    });
  return in_place::sleeping(fiber, SYS_wait4, Words(pid, status, options, usage).words);
}

long waitid(Fiber& fiber, int type, pid_t id, siginfo_t* info, int options, rusage* usage) noexcept {
  const auto look = [&]() -> long {
    siginfo_t found{};
    const long result = kernel::call(SYS_waitid, type, id, &found, options | WNOHANG | WNOWAIT, nullptr);
    if (result == 0 && found.si_pid == 0 && !(options & WNOHANG)) return -EAGAIN;
    return kernel::call(SYS_waitid, type, id, info, options | WNOHANG, usage);
  };
  if (const long result = look(); result != -EAGAIN) return result;
  if (siblings::keeps_processor(fiber)) return asking_again(fiber, look);
  return in_place::sleeping(fiber, SYS_waitid, Words(type, id, info, options, usage).words);
}

long seccomp(Fiber&, unsigned operation, unsigned flags, void* argument) noexcept {
  sandbox::Request request;
  const long words[6] = {operation, flags, kernel::word(argument)};
  if (sandbox::asks(SYS_seccomp, words, request)) return sandbox::enter(request);
  return kernel::call(SYS_seccomp, operation, flags, argument);
}

long prctl(Fiber& fiber, int option, unsigned long second, unsigned long third, unsigned long fourth,
           unsigned long fifth) noexcept {
  Fiber& thread = siblings::thread_of(fiber);
  constexpr std::size_t size = sizeof thread.name;
  switch (option) {
    case PR_SET_NAME: {
      char name[size] = {};
      for (std::size_t i = 0; i + 1 < size; ++i) {
        if (!user::copy(&name[i], reinterpret_cast<const char*>(second) + i, 1)) return -EFAULT;
        if (!name[i]) break;
      }
      __builtin_memcpy(thread.name, name, size);
      // The process' own name is its first thread's.
      return thread.main ? runtime::name_thread(thread.tid, name) : 0;
    }
    case PR_GET_TID_ADDRESS:
      return user::store(reinterpret_cast<int**>(second), thread.clear_tid) ? 0 : -EFAULT;
    case PR_GET_NAME:
      if (!thread.name[0]) break;
      return user::copy(reinterpret_cast<void*>(second), thread.name, size) ? 0 : -EFAULT;
    case PR_SET_SECCOMP: {
      sandbox::Request request;
      const long words[6] = {option, static_cast<long>(second), static_cast<long>(third)};
      if (sandbox::asks(SYS_prctl, words, request)) return sandbox::enter(request);
      break;
    }
    case PR_SET_NO_NEW_PRIVS: sandbox::without_new_privileges(); break;
    default: break;
  }
  return kernel::call(SYS_prctl, option, second, third, fourth, fifth);
}

}  // namespace unblock::calls
