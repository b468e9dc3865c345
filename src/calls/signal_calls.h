// The system calls about signals that do not wait, as fibers make them.
#pragma once

#include <csignal>
#include <sys/resource.h>

#include "fibers/fiber.h"
#include "signals/signals.h"

namespace unblock::calls {

// Each as its page in section 2 of the manual, errors included.
long rt_sigaction(int signal, const SignalAction* wanted, SignalAction* old, std::size_t size) noexcept;
long rt_sigprocmask(Fiber& fiber, int how, const SignalSet* set, SignalSet* old, std::size_t size) noexcept;
long rt_sigpending(Fiber& fiber, SignalSet* set, std::size_t size) noexcept;
long sigaltstack(Fiber& fiber, const stack_t* wanted, stack_t* old) noexcept;
long kill(Fiber& fiber, pid_t pid, int signal) noexcept;
long pidfd_send_signal(Fiber& fiber, int pidfd, int signal, siginfo_t* info, unsigned flags) noexcept;
long tkill(Fiber& fiber, pid_t tid, int signal) noexcept;
long tgkill(Fiber& fiber, pid_t process, pid_t tid, int signal) noexcept;
long rt_sigqueueinfo(Fiber& fiber, pid_t pid, int signal, siginfo_t* info) noexcept;
long rt_tgsigqueueinfo(Fiber& fiber, pid_t process, pid_t tid, int signal, siginfo_t* info) noexcept;
long prlimit64(Fiber& fiber, pid_t pid, unsigned resource, const rlimit* wanted, rlimit* before) noexcept;
long setrlimit(Fiber& fiber, unsigned resource, const rlimit* wanted) noexcept;
long signalfd(Fiber& fiber, int fd, const SignalSet* mask, std::size_t size) noexcept;
long signalfd4(Fiber& fiber, int fd, const SignalSet* mask, std::size_t size, int flags) noexcept;

}  // namespace unblock::calls
