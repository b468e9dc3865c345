// Who held a processor up: calls that sleep and nobody listed, threads that compute past their slice. What
// `--log stall` reports, once for each call and caller.
#pragma once

#include <cstdint>

#include "clock.h"

namespace unblock {

struct Carrier;

namespace stalls {

/// Takes down what `carrier` does, whose processor was taken away after `held`: it sleeps in a call nobody
/// marked, or computes, and is asked where. Nothing if neither is so by now, or nobody wants to know. The
/// watchdog.
void note(Carrier& carrier, Nanoseconds held) noexcept;

/// The answer, in the handler that interrupted it at `instruction`. Async-signal-safe.
void answer(Carrier& carrier, std::uintptr_t instruction, std::uintptr_t stack) noexcept;

/// Writes the reports of what was taken down since. Cheap if there is none. Any kernel thread.
void report() noexcept;

}  // namespace stalls
}  // namespace unblock
