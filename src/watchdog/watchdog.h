// The watchdog: the one kernel thread that runs no fibers. It sees to it that none of them stops the others,
// and takes the signals that are sent to the process. Where nobody needs it near, it is another thread with
// an empty table of descriptors: apart.h.
#pragma once

#include <sys/types.h>

namespace unblock {

namespace watchdog {

/// Starts it, at activation. If the kernel has no thread for it, nothing is retaken and no signal received;
/// a line on stderr says so.
void start() noexcept;

/// The processor's loop has answered: if the watchdog sleeps for good, it is woken. Cheap. Any carrier.
void notice_activity() noexcept;

/// Makes it look again now. Any kernel thread.
void interrupt() noexcept;

/// The kernel's id of it, or 0.
[[nodiscard]] pid_t kernel_thread() noexcept;

/// The same, which stays that from now on.
[[nodiscard]] pid_t kept_thread() noexcept;

/// Returns when it has queued what it has received so far. Any kernel thread but its own.
void finish_round() noexcept;

/// Whether it has queued what it had received when this was called, for sure. Any kernel thread but its own.
[[nodiscard]] bool has_queued_all() noexcept;

/// Ends it, and returns when it has. What it received is queued.
void stop() noexcept;

/// In a fork's child it does not exist.
void forget() noexcept;

}  // namespace watchdog
}  // namespace unblock
