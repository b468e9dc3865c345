// What a process under unblock is doing, as text.
#pragma once

#include "attached.h"

namespace unblock::launcher {

/// Prints to stdout how many fibers and processors `process` has, a line for each fiber with what it waits
/// for, and with `counters` those that the process keeps.
void show(const Attached& process, bool counters);

}  // namespace unblock::launcher
