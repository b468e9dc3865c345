// Signals, as the kernel would keep them for threads.
//
// Kernel threads block every signal but faults and our own kick, so the program's handlers never run at a
// bad moment. The watchdog's thread takes what is sent to the process, picks the fiber as the kernel would
// pick a thread, and interrupts it: a waiting fiber wakes with EINTR, a running one is kicked. The handler
// runs in that fiber: at the runtime's edge, or on top of the program's code. The kernel keeps the
// program's own dispositions, save for the faults', so children and default actions are right by themselves.
#pragma once

#include <csignal>
#include <cstdint>
#include <ucontext.h>

#include "fibers/fiber.h"
#include "signals/signal_state.h"

namespace unblock {

struct Frame;

/// The kernel's struct sigaction. See rt_sigaction(2).
struct SignalAction {
  void (*handler)(int);
  unsigned long flags;
  void (*restorer)();
  SignalSet mask;
};

namespace signals {

/// A handler as SA_SIGINFO has it, and as the kernel's structure keeps it.
using DetailedHandler = void (*)(int, siginfo_t*, void*);
inline void (*plain(DetailedHandler handler))(int) {
  return reinterpret_cast<void (*)(int)>(reinterpret_cast<void*>(handler));
}
inline DetailedHandler detailed(void (*handler)(int)) {
  return reinterpret_cast<DetailedHandler>(reinterpret_cast<void*>(handler));
}

/// Sent by us to one of our kernel threads, to make it look at its fiber's signals. A program's own use of
/// the number goes through our queues and does not collide.
constexpr int kick = 64;
/// What a handler cannot put off.
constexpr SignalSet faults = signal_bit(SIGSEGV) | signal_bit(SIGBUS) | signal_bit(SIGFPE) |
                             signal_bit(SIGILL) | signal_bit(SIGTRAP) | signal_bit(SIGSYS);
constexpr int first_realtime = 32;  ///< from here on each one sent is queued
constexpr SignalSet unblockable = signal_bit(SIGKILL) | signal_bit(SIGSTOP);
/// The kernel's mask of every carrier.
constexpr SignalSet carrier_mask = ~(faults | signal_bit(kick) | unblockable);

/// Takes signals over: of the calling thread, which is to be that fiber, its mask and alternate stack; of the
/// process, at activation, the dispositions.
void adopt(Fiber& founder) noexcept;
void adopt_dispositions() noexcept;
/// Gives them back to the kernel at unblock_stop(). What is pending stays so.
void hand_over(Fiber& founder) noexcept;
void hand_over() noexcept;
/// The same in a fork's child, where nothing is pending. The survivor is null if a thread forked that is no
/// fiber.
void forget(Fiber* survivor) noexcept;
/// Sets the kernel's mask and fault stack of the calling carrier.
void prepare_carrier(Carrier& carrier) noexcept;
/// Makes the kernel's mask of this kernel thread the fiber's own, for a child that inherits it; and back.
void expose_mask(const Fiber& fiber) noexcept;
void hide_mask() noexcept;
/// Makes the kernel's dispositions of the faults the program's: what a new program inherits; and back.
void expose_faults() noexcept;
void hide_faults() noexcept;

/// Kicks a kernel thread of this process, or of the one whose memory we are in.
void send_kick(pid_t ktid) noexcept;
void send_kick(pid_t process, pid_t ktid) noexcept;
/// Whether that is one of ours.
[[nodiscard]] bool is_kick(const siginfo_t& info) noexcept;

/// Signals that the watchdog should wait for, and what it does with one that came.
[[nodiscard]] SignalSet received_by_watchdog() noexcept;
void receive(const siginfo_t& info) noexcept;

/// What fibers take or wait for, or did, and all others that the kernel does not keep: it does so with those
/// read from a descriptor, and where outsiders are present (outsiders.h) with all.
[[nodiscard]] SignalSet heard_by_fibers() noexcept;
/// The calling fiber takes or awaits these from now on: what is pending of them comes to our queues. In the
/// runtime, without the lock.
void listen(SignalSet set) noexcept;
/// The same for all fibers: there were no outsiders until now.
void listen_for_all() noexcept;
/// Gives back a signal that the process was sent, that the kernel keeps, and that no fiber takes by now.
/// False if one does.
[[nodiscard]] bool give_back(const siginfo_t& info) noexcept;
/// Whether a fiber takes or awaits any of them.
[[nodiscard]] bool anybody_takes(SignalSet set) noexcept;
/// Now and then: what no fiber takes any more is the kernel's. The watchdog.
void forget_unheard() noexcept;

/// The program has made a descriptor for these, signalfd(2): the kernel keeps those that no fiber takes, with
/// what pends of them. Before activation, too; without the lock, where no handler runs.
void leave_to_kernel(SignalSet set) noexcept;
/// The same for the descriptors that the process came with, execve(2), or made unseen: the first few. Once,
/// before anything else of ours hears of signals.
void find_descriptors() noexcept;
/// The same for one that came from another process: unix(7), pidfd_getfd(2).
void look_at_descriptor(int fd) noexcept;
/// Whether there is a descriptor for any of them.
[[nodiscard]] inline bool read_by_descriptor(SignalSet set) noexcept;

/// While one lives, a fiber's own kernel thread takes these from the kernel, rt_sigtimedwait(2), and the
/// watchdog does not. Once it is made, what the watchdog had taken is queued. In the runtime, without the
/// lock.
class LeftToKernel {
 public:
  explicit LeftToKernel(SignalSet set) noexcept;
  ~LeftToKernel();
  LeftToKernel(const LeftToKernel&) = delete;
  LeftToKernel& operator=(const LeftToKernel&) = delete;

 private:
  SignalSet set_;
};

/// Who sends a signal: the program, within RLIMIT_SIGPENDING; or the kernel, which has seen to that.
enum class Sender { Kernel, Program };
/// Queues a signal for the process or for one fiber, and interrupts whom it concerns. 0 or -EAGAIN.
long post(const siginfo_t& info, Sender sender = Sender::Kernel) noexcept;
long post(Fiber& fiber, const siginfo_t& info, Sender sender = Sender::Kernel) noexcept;

namespace detail {
void collect_thread_signal(Fiber& fiber, int signal) noexcept;
}
/// A call on this kernel thread gave `result`. If that leaves a SIGPIPE or SIGXFSZ pending for it, makes it
/// the fiber's.
inline void collect_signal_of(Fiber& fiber, long result) noexcept {
  if (result == -EPIPE || result == -EFBIG) [[unlikely]]
    detail::collect_thread_signal(fiber, result == -EPIPE ? SIGPIPE : SIGXFSZ);
}
/// A signal went by way of the kernel to whom may be this process, too: returns once it is in our queues. The
/// kernel would have had it handled before the call that sent it returns.
void collect_process_signal(int signal) noexcept;
/// What the kernel has of these that is for fibers comes to our queues now.
void collect(SignalSet set) noexcept;
/// Signals of a number from SIGRTMIN on are taken in the order they were sent in: returns true once what the
/// kernel has of `signal` for the process is in our queues. False: the kernel is to have the next one, too; a
/// fiber waits for it there, or there is no end to the earlier ones.
[[nodiscard]] bool collect_earlier(int signal) noexcept;
/// Raises a signal in the calling fiber, as the kernel does for a failed write.
void raise(Fiber& fiber, int signal) noexcept;

/// What became of the signals at an edge.
struct Delivery {
  bool handled = false;  ///< a handler ran
  bool restart = true;   ///< every one of them had SA_RESTART
};

/// The system call that a signal found its fiber in, or at the end of.
struct FoundCall {
  const Frame* frame;     ///< its registers; null if it came through a hook
  long result;            ///< what the program gets if it is not made again
  bool restarts = false;  ///< it is after a handler with SA_RESTART
};

/// Runs the handlers of the calling fiber's pending, unblocked signals; `context` is where it was
/// interrupted, `call` what it had called; either may be null.
Delivery deliver(Fiber& fiber, ucontext_t* context, const FoundCall* call);

/// What rt_sigprocmask(2) makes of a mask. False if there is no such `how`.
[[nodiscard]] inline bool change(int how, SignalSet before, SignalSet given, SignalSet& after) noexcept {
  switch (how) {
    case SIG_BLOCK: after = before | given; break;
    case SIG_UNBLOCK: after = before & ~given; break;
    case SIG_SETMASK: after = given; break;
    default: return false;
  }
  after &= ~unblockable;
  return true;
}

/// Sets a fiber's own mask (by itself) and finds out whether something is deliverable now.
void set_mask(Fiber& fiber, SignalSet mask) noexcept;
/// The same until the next handler has returned, or the call has ended: sigsuspend(2), ppoll(2).
void set_temporary_mask(Fiber& fiber, SignalSet mask) noexcept;
void end_temporary_mask(Fiber& fiber) noexcept;

/// Drops what a fiber that ends had pending.
void discard(Fiber& fiber) noexcept;

/// `heir` goes on in place of `fiber`, which ends: with its mask and what is pending for it, too.
void inherit(Fiber& fiber, Fiber& heir) noexcept;

[[nodiscard]] const SignalAction& action_of(int signal) noexcept;

/// The parts that several files of this facility share.
namespace detail {
extern SignalAction actions[65];
extern Lock lock;                               ///< guards actions and all queues
extern PendingQueue process;                    ///< for the process, with no fiber to take them yet
extern std::atomic<SignalSet> with_descriptor;  ///< signalfd(2)
[[nodiscard]] bool take(PendingQueue& queue, SignalSet wanted, siginfo_t& info) noexcept;
/// 0 or -EAGAIN: no memory for one that nothing but its place in the queue tells of.
[[nodiscard]] long append(PendingQueue& queue, const siginfo_t& info) noexcept;
[[nodiscard]] long append_bare(PendingQueue& queue, const siginfo_t& info) noexcept;
/// For what the program sends: RLIMIT_SIGPENDING, too.
[[nodiscard]] long append_within_limit(PendingQueue& queue, const siginfo_t& info) noexcept;
/// A timer's signal pends there no longer.
void drop_timer(PendingQueue& queue, int id) noexcept;
/// They pend nowhere any more. With the lock.
void flush(SignalSet set) noexcept;
/// In a fork's child: what was in it is its parent's.
void drop_all(PendingQueue& queue) noexcept;
void refresh_attention(Fiber& fiber) noexcept;
[[nodiscard]] bool ignored(int signal) noexcept;
void default_action(int signal) noexcept;
/// Sends the process a signal by way of the kernel, whatever its si_code. 0 or an error.
long queue_in_kernel(const siginfo_t& info) noexcept;
/// The process' that no fiber takes are the kernel's if they are read from a descriptor. With the lock.
void give_back_untaken() noexcept;
/// A kick for the calling kernel thread.
void kick_here() noexcept;
void on_fault(int signal, siginfo_t* info, void* context);
void on_kick(int signal, siginfo_t* info, void* context);
/// What the kernel does with a signal whose handler is ours, in a thread that is no fiber.
void handle_outside(int signal, siginfo_t* info, void* context);
void set_kernel_action(int signal, const SignalAction& action) noexcept;
/// Returns what became of those that came on top of it.
Delivery run_handler(Fiber& fiber, const SignalAction& action, siginfo_t& info, ucontext_t* context,
                     const FoundCall* call);
/// The top of the fiber's alternate stack if this handler is to run there and `here` is elsewhere, else null.
[[nodiscard]] void* alternate_stack(const Fiber& fiber, const SignalAction& action,
                                    const void* here) noexcept;
/// Makes the return from a handler right for the kernel thread it happens on, which may not be the one
/// that the signal came to.
void readdress(const Fiber& fiber, ucontext_t& context) noexcept;
}  // namespace detail

inline bool read_by_descriptor(SignalSet set) noexcept {
  return (detail::with_descriptor.load(std::memory_order_seq_cst) & set) != 0;
}

}  // namespace signals
}  // namespace unblock
