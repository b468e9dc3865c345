// The launcher's own end.
#pragma once

#include <cstdlib>

#include "exit_status.h"
#include "log.h"

namespace unblock::launcher {

/// Ends the launcher with `status`, after a line on stderr made of the parts.
[[noreturn]] void fail(ExitStatus status, const auto&... parts) {
  log::error(log::core, parts...);
  std::exit(status);
}

}  // namespace unblock::launcher
