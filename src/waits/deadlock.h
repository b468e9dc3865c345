// "This would block for ever": every fiber waits for a lock, and nobody is left to wake one.
#pragma once

namespace unblock::deadlock {

/// Reports it, once for each time, if it is so and somebody wants to know: as an event, or a line for each
/// fiber. That it is so is certain. Where anything else may come to help (a timeout, a descriptor, a handler
/// for some signal, a kernel thread that is no fiber, a word that other processes share) nothing is said. The
/// watchdog, when nothing has happened for a while.
void look() noexcept;

}  // namespace unblock::deadlock
