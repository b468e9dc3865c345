// How the launcher ends when it does not become the program: as env(1) and timeout(1) do.
#pragma once

namespace unblock::launcher {

enum ExitStatus : int {
  own_failure = 125,     ///< usage, or something of unblock's own is missing
  cannot_execute = 126,  ///< the program was found but cannot be executed
  not_found = 127,       ///< the program was not found
};

}  // namespace unblock::launcher
